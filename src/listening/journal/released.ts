import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { JournalPosition } from './segments.ts';

/** Up to where a journal is stored in the log, and the number of the first record that is not. */
export type Released = { readonly upTo: JournalPosition; readonly number: number };

const schema = z.object({
  format: z.literal(1),
  segment: z.int().min(0),
  offset: z.int().min(0),
  number: z.int().min(0),
});

/** Null when nothing was released yet, or the file is not as it was written: then the oldest file is where to begin. */
export async function readReleased(folder: string): Promise<Released | null> {
  try {
    const { segment, offset, number } = schema.parse(JSON.parse(await readFile(join(folder, NAME), 'utf8')));
    return { upTo: { segment, offset }, number };
  } catch {
    return null;
  }
}

/** It may be older than the truth after a power cut: what was stored already is then found in the log again. */
export async function writeReleased(folder: string, { upTo, number }: Released): Promise<void> {
  const text = JSON.stringify({ format: 1, ...upTo, number } satisfies z.infer<typeof schema>);
  await writeFile(join(folder, `${NAME}.new`), text, { mode: 0o600 });
  await rename(join(folder, `${NAME}.new`), join(folder, NAME));
}

const NAME = 'released.json';
