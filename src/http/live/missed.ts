import type { ReadModel } from '../../ports/readModel.ts';
import { changeEvent } from './changeEvents.ts';
import type { LiveClient } from './client.ts';
import type { FeedPosition } from './feedPosition.ts';
import { portionsOf } from './portions.ts';
import { BATCH, type Tail } from './tail.ts';

/** Who missed more than this reads the list anew, which is cheaper for both. */
const MAX_MISSED = 1_000n;

type Batch = { readonly last: bigint; readonly portions: readonly Buffer[] };

/**
 * Sends a client what it missed since a position, no faster than it reads. False when that cannot be told any more, or is too
 * much, or the client is gone.
 */
export type SendMissed = (client: LiveClient, from: FeedPosition) => Promise<boolean>;

export function createSendMissed(readModel: ReadModel, tail: Tail): SendMissed {
  /** after a restart hundreds come back to the same place at once: what they missed is read once */
  const reading = new Map<string, Promise<Batch | null>>();

  function batchAfter({ version, seq }: FeedPosition): Promise<Batch | null> {
    const key = `${version}:${seq}`;
    const found = reading.get(key) ?? read(version, seq).finally(() => reading.delete(key));
    reading.set(key, found);
    return found;
  }

  async function read(version: number, after: bigint): Promise<Batch | null> {
    const changes = await readModel.changes(version, after, BATCH);
    const last = changes?.at(-1);
    if (!changes || !last) return null;
    return { last: last.seq, portions: portionsOf(changes.map((change) => changeEvent(version, change))) };
  }

  return async (client, from) => {
    client.seq = from.seq;
    for (let position = tail.position(); position?.version === from.version; position = tail.position()) {
      // a batch may reach beyond the position where the others stand; they get there, and this client skips till then
      if (client.seq >= position.seq) return client.seq > from.seq || from.seq === position.seq;
      if (position.seq - client.seq > MAX_MISSED) return false;
      const batch = await batchAfter({ version: from.version, seq: client.seq });
      if (!batch) return false;
      client.seq = batch.last;
      for (const bytes of batch.portions) {
        client.write(bytes);
        if (!(await client.drained())) return false;
      }
    }
    return false;
  };
}
