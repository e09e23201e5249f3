import type { PbxFactData } from '../../domain/events.ts';
import { CommslogError } from '../../errors.ts';
import type { RecordBatch, WantedRecords } from '../../ports/callRecordSource.ts';

const PAGE = 2_000;
/** More records than these do not begin in one second. */
const MAX_PAGE = 320_000;

/** Reads at most `limit` records that began at `from` or later and before `until`, by the time at which they began. */
export type ReadPage = (from: string | null, until: string | null, limit: number) => Promise<readonly PbxFactData[]>;

/**
 * A table in pages by its `calldate`, which has an index and is not unique: the last second of a page may go on in the
 * next one, so it is left to that.
 */
export async function* pagesOf(
  read: ReadPage,
  { since, until, after }: WantedRecords,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  let from = after ?? since;
  let limit = PAGE;
  while (!signal.aborted) {
    const page = await read(from, until, limit);
    const last = page.at(-1);
    if (last === undefined) return;
    const key = beginIn(last);
    if (page.length < limit) {
      yield { records: page, unreadable: 0, key };
      return;
    }
    const records = page.filter((record) => beginIn(record) !== key);
    if (records.length > 0) {
      yield { records, unreadable: 0, key };
      from = key;
      limit = PAGE;
    } else if (limit >= MAX_PAGE) {
      throw new CommslogError('CDR_UNREADABLE', `More than ${MAX_PAGE} call records have one and the same calldate.`);
    } else limit *= 4;
  }
}

function beginIn({ fields }: PbxFactData): string {
  const begin = fields.find(([name]) => name === 'calldate')?.[1];
  if (begin !== undefined) return begin;
  throw new CommslogError('CDR_UNREADABLE', 'The table has no column calldate.');
}
