import { createHash, type Hash } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { RecordedEvent } from '../../domain/events.ts';
import { isRecordedBy } from '../../domain/recorded.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { BEGINNING, type EventStore } from '../../ports/eventStore.ts';
import { factLine } from '../text/factLine.ts';
import { inform } from '../text/print.ts';
import { onLog, periodOption } from './logCommand.ts';

export type ExportOptions = { readonly from: string; readonly to: string };

/**
 * `commslog export --from … --to … FILE`: everything that was recorded in a period, as NDJSON in the order of the log.
 * Its SHA-256, range and reader are recorded before the file gets its name. Errors: `EXPORT_FAILED` when FILE exists or
 * cannot be written; those of the log.
 */
export async function exportFacts(file: string, options: ExportOptions): Promise<void> {
  const { from, to } = periodOption(options);
  if (existsSync(file)) throw new CommslogError('EXPORT_FAILED', `${file} exists; name another one`);
  const unfinished = `${file}.unfinished`;
  await onLog(async ({ log, record }) => {
    try {
      const { events, sha256 } = await write(log, { from, to }, unfinished);
      const range = { from: toRfc3339(from), to: toRfc3339(to) };
      await record({ type: 'LogExported', data: { what: 'facts', ...range, events, sha256 } });
      renameSync(unfinished, file);
      inform(`${events} events exported. SHA-256 ${sha256}, recorded: commslog verify ${file}`);
    } finally {
      rmSync(unfinished, { force: true });
    }
  });
}

type Period = { readonly from: Micros; readonly to: Micros };

async function write(log: EventStore, period: Period, file: string): Promise<{ events: number; sha256: string }> {
  const hash = createHash('sha256');
  const target = create(file);
  let events = 0;
  try {
    for await (const batch of log.readAll(BEGINNING)) {
      const lines = batch.filter((event) => isIn(period, event)).map(factLine);
      append(target, hash, lines.map((line) => `${line}\n`).join(''));
      events += lines.length;
    }
  } finally {
    closeSync(target);
  }
  return { events, sha256: hash.digest('hex') };
}

/** Times do not follow the order of the log for sure, so all of it is read. */
function isIn({ from, to }: Period, event: RecordedEvent): boolean {
  return !isRecordedBy(event, justBefore(from)) && isRecordedBy(event, justBefore(to));
}

function justBefore(time: Micros): Micros {
  return (time - 1) as Micros;
}

function append(target: number, hash: Hash, text: string): void {
  writeSync(target, text);
  hash.update(text);
}

function create(file: string): number {
  try {
    // what stands there is of a run that was killed, or a link of somebody else
    rmSync(file, { force: true });
    return openSync(file, 'wx', 0o600);
  } catch (cause) {
    const says = `${file} cannot be written. Check that its folder is there, and that this user may write into it.`;
    throw new CommslogError('EXPORT_FAILED', says, { cause });
  }
}
