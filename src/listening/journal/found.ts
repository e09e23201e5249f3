import { open } from 'node:fs/promises';
import type { Logger } from 'pino';
import { CommslogError } from '../../errors.ts';
import { cutTornEnd } from './damage.ts';
import { FORMAT } from './line.ts';
import { type Released, readReleased } from './released.ts';
import { fileOf, formatOf, segmentsIn } from './segments.ts';

/** What an earlier process left: of every file, the oldest first, its whole bytes; and the number of the next record. */
export type Found = { readonly safe: Map<number, number>; readonly released: Released; readonly number: number };

/**
 * Looks at the files of a folder, cuts what was not written to its end, and syncs the rest: a process that was killed may
 * have written more than it had synced, and what is stored of that must not be gone from here before all of it is stored.
 * Errors: `SCHEMA_TOO_NEW`, before anything is changed.
 */
export async function whatIsThere(folder: string, logger: Logger): Promise<Found> {
  const files = await segmentsIn(folder);
  for (const { segment, bytes } of files) refuseNewer(folder, await formatOf(folder, segment, bytes));
  const safe = new Map(files.map(({ segment, bytes }) => [segment, bytes]));
  const [oldest = 0] = safe.keys();
  const released = (await readReleased(folder)) ?? { upTo: { segment: oldest, offset: 0 }, number: 0 };
  let { number } = released;
  for (const [segment, bytes] of [...safe].reverse()) {
    const { end, cut, last } = await cutTornEnd(folder, { segment, bytes });
    if (cut > 0) logger.warn({ bytes: cut }, 'the journal ended in what was not written to its end: it is cut');
    safe.set(segment, end.offset);
    if (last === null) continue;
    number = Math.max(number, last + 1);
    break;
  }
  for (const segment of safe.keys()) await sync(fileOf(folder, segment));
  return { safe, released, number };
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

function refuseNewer(folder: string, format: number): void {
  if (format <= FORMAT) return;
  throw new CommslogError(
    'SCHEMA_TOO_NEW',
    `${folder} was written by a newer commslog (format ${format}, this one knows ${FORMAT}). Nothing was changed. ` +
      'Start that version again: it stores what is in it; stop it when nothing waits any more, then start this one.',
  );
}
