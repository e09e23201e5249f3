import { MANUAL_PBX } from '../../domain/acts/manualCall.ts';
import { entryId } from '../../domain/callId.ts';
import { partsOfStream } from '../../domain/events.ts';
import type { Sql } from '../tables/transaction.ts';
import { forgetAnnotation } from './annotations.ts';
import { forgetCallBack } from './callBacks.ts';
import { forgetCustomer } from './customers.ts';
import { forgetOfDirectory } from './directory.ts';

/** What has to be looked at again besides what the stream says: it may be so no more. */
export type Forgotten = {
  /** groups of calls */
  readonly groups: readonly bigint[];
  /** lookup keys of numbers */
  readonly numberKeys: readonly string[];
  /** of entries */
  readonly ids: readonly string[];
  /** uuids of calls logged by hand */
  readonly manual: readonly string[];
};

export const NOTHING_FORGOTTEN: Forgotten = { groups: [], numberKeys: [], ids: [], manual: [] };

/**
 * Takes out of the tables what a stream of people's facts has brought there. Its events count in their order, so it has to
 * be folded anew when one comes between them.
 */
export async function forgetStream(sql: Sql, stream: string): Promise<Forgotten> {
  const { kind, id } = partsOfStream(stream);
  switch (kind) {
    case 'customer':
      return { ...NOTHING_FORGOTTEN, numberKeys: await forgetCustomer(sql, id) };
    case 'annotation':
      return { ...NOTHING_FORGOTTEN, ids: [id], manual: await forgetAnnotation(sql, id) };
    case 'manual':
      await forgetAnnotation(sql, entryId(MANUAL_PBX, id));
      return { ...NOTHING_FORGOTTEN, manual: [id] };
    case 'callback':
      await forgetCallBack(sql, id);
      return NOTHING_FORGOTTEN;
    case 'person':
    case 'team':
      await forgetOfDirectory(sql, stream);
      return NOTHING_FORGOTTEN;
    default:
      return NOTHING_FORGOTTEN;
  }
}
