import type { ReadModel } from '../../ports/readModel.ts';
import type { Viewer } from '../kit/viewer.ts';
import { changeEvent } from './changeEvents.ts';
import type { LiveClient } from './client.ts';
import { type FeedPosition, lastEventIdOf } from './feedPosition.ts';
import { portionsOf } from './portions.ts';
import { BATCH, type Tail } from './tail.ts';

/** Who missed more than this reads the list anew, which is cheaper for both. */
const MAX_MISSED = 1_000n;

type Batch = { readonly last: bigint; readonly portionsFor: (viewer: Viewer) => readonly Buffer[] };

/**
 * Sends a client what it missed since a position, no faster than it reads. False when that cannot be told any more, or is too
 * much, or the client is gone.
 */
export type SendMissed = (client: LiveClient, from: FeedPosition) => Promise<boolean>;

export function createSendMissed(readModel: ReadModel, tail: Tail): SendMissed {
  /** after a restart hundreds come back to the same place: what they wait for together is read once, and one after the other */
  const reading = new Map<string, Promise<Batch | null>>();
  let before: Promise<unknown> = Promise.resolve();

  function batchAfter(position: FeedPosition): Promise<Batch | null> {
    const key = lastEventIdOf(position);
    const known = reading.get(key);
    if (known) return known;
    const batch = before.then(() => read(position)).finally(() => reading.delete(key));
    reading.set(key, batch);
    before = batch.catch(() => undefined);
    return batch;
  }

  async function read({ version, seq: after }: FeedPosition): Promise<Batch | null> {
    const changes = await readModel.changes(version, after, BATCH);
    const last = changes?.at(-1);
    if (!changes || !last) return null;
    const portions = new Map<Viewer['key'], readonly Buffer[]>();
    const portionsFor = (viewer: Viewer) => {
      const made =
        portions.get(viewer.key) ?? portionsOf(changes.map((change) => changeEvent(version, change, viewer)));
      portions.set(viewer.key, made);
      return made;
    };
    return { last: last.seq, portionsFor };
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
      for (const bytes of batch.portionsFor(client.viewer)) {
        client.write(bytes);
        if (!(await client.drained())) return false;
      }
    }
    return false;
  };
}
