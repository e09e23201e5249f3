import { readReleased } from './released.ts';
import { segmentsIn } from './segments.ts';

/** Bytes of a journal that nobody has open, which the next start stores. Errors: those of the file system. */
export async function backlogOf(folder: string): Promise<number> {
  const released = await readReleased(folder);
  let bytes = 0;
  for (const { segment, bytes: size } of await segmentsIn(folder)) {
    const { segment: last, offset } = released?.upTo ?? { segment, offset: 0 };
    if (segment > last) bytes += size;
    else if (segment === last) bytes += size - Math.min(offset, size);
  }
  return bytes;
}
