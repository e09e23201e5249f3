import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Journal } from '../../src/listening/journal/journal.ts';

/** A new, empty journal, whose folder is gone when the process is. */
export function temporaryJournal(options: { readonly maxBytes?: number } = {}): Promise<Journal> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-journal-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return Journal.open({ folder, logger: pino({ level: 'silent' }), ...options });
}
