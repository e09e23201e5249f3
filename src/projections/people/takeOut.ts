import { MANUAL_PBX } from '../../domain/acts/manualCall.ts';
import { entryId } from '../../domain/callId.ts';
import { partsOfStream } from '../../domain/events.ts';
import type { Sql } from '../tables/transaction.ts';
import { takeAnnotationOut } from './annotations.ts';
import { takeCustomerOut } from './customers.ts';

/** What has to be looked at again besides what the stream says: it may be so no more. */
export type TakenOut = {
  /** groups of calls */
  readonly groups: readonly bigint[];
  /** lookup keys of numbers */
  readonly numberKeys: readonly string[];
  /** of entries */
  readonly ids: readonly string[];
  /** uuids of calls logged by hand */
  readonly manual: readonly string[];
};

export const NOTHING_TAKEN_OUT: TakenOut = { groups: [], numberKeys: [], ids: [], manual: [] };

/**
 * Takes out of the tables what a stream of people's facts has brought there. Its events count in their order, so it has to
 * be folded anew when one comes between them.
 */
export async function takeOut(sql: Sql, stream: string): Promise<TakenOut> {
  const { kind, id } = partsOfStream(stream);
  switch (kind) {
    case 'customer':
      return { ...NOTHING_TAKEN_OUT, numberKeys: await takeCustomerOut(sql, id) };
    case 'annotation':
      return { ...NOTHING_TAKEN_OUT, ids: [id], manual: await takeAnnotationOut(sql, id) };
    case 'manual':
      await takeAnnotationOut(sql, entryId(MANUAL_PBX, id));
      return { ...NOTHING_TAKEN_OUT, manual: [id] };
    default:
      return NOTHING_TAKEN_OUT;
  }
}
