import type { RecordedEvent } from '../../../../domain/events.ts';
import { CommslogError } from '../../../../errors.ts';
import type { Stretch } from '../../resumed.ts';
import { type Pack, unpack } from './unpack.ts';

/** A pack as the whole log is read: `ids` and `body` are null where it is unwanted or erased. */
export type PackRow = Omit<Pack, 'ids' | 'body'> & {
  /** position of the last event of the block before */
  readonly before_block: bigint;
} & ({ readonly ids: readonly string[]; readonly body: Buffer } | { readonly ids: null; readonly body: null });

/** What stands at a position of a block. */
type Place = { readonly pack: PackRow; readonly index: number };

/**
 * The wanted events of a block behind `after`, in order, `size` positions at a time; what is packed is read when it is asked
 * for. `packs` are all of the block: together they have each of its positions. Errors: `LOG_HOLE`.
 */
export function* stretchesOfBlock(packs: readonly PackRow[], after: bigint, size: number): Generator<Stretch> {
  const places = placesOf(packs);
  const readers = new Map<PackRow, (index: number) => RecordedEvent>();
  const eventAt = ({ pack, index }: Place): RecordedEvent | null => {
    if (pack.body === null) return null;
    const read = readers.get(pack) ?? unpack(pack);
    readers.set(pack, read);
    return read(index);
  };
  const start = (packs[0]?.block ?? after) - BigInt(places.length);
  for (let from = Number(after - start); from < places.length; from += size) {
    const some = places.slice(from, from + size);
    const events = some.map(eventAt).filter((event) => event !== null);
    yield { events, end: start + BigInt(from + some.length) };
  }
}

/** Of each position of the block, in order. */
function placesOf(packs: readonly PackRow[]): readonly Place[] {
  const places = new Map<number, Place>();
  for (const pack of packs) {
    for (const [index, beforeEnd] of pack.before_end.entries()) places.set(beforeEnd, { pack, index });
  }
  const [{ block, before_block: before } = { block: 0n, before_block: 0n }] = packs;
  return Array.from({ length: Number(block - before) }, (_, at) => {
    const place = places.get(Number(block - before) - 1 - at);
    if (place === undefined)
      throw new CommslogError('LOG_HOLE', `the log has no event at position ${before + BigInt(at) + 1n}`);
    return place;
  });
}
