import { v5 as uuidv5 } from 'uuid';
import type { z } from 'zod';
import type { gapFilledSchema } from '../domain/connectionEvents.ts';
import { envelope } from '../domain/envelope.ts';
import { streamOf } from '../domain/events.ts';
import { toRfc3339 } from '../domain/time.ts';
import { transact } from '../log/transact.ts';
import type { Clock } from '../ports/clock.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import type { Filling, Gap } from './gaps.ts';

/** Namespace of ids that a second try of the same has again. */
const FILLING_NAMESPACE = '0c0a7f57-98ae-4b5e-bb0a-7d1f2f7f9b6e';
/** Events that others may have written since an append whose outcome is unknown. */
const LOOK_BACK = 100;

/** Tells the log what became of a gap. Errors: those of the log; after `LOG_OUTCOME_UNKNOWN` the same may be told again. */
export async function tellFilling(
  {
    log,
    pbx,
    app,
    clock,
  }: { readonly log: EventStore; readonly pbx: string; readonly app: string; readonly clock: Clock },
  { session, from, to }: Gap,
  { at, ...filling }: Filling,
): Promise<void> {
  const stream = streamOf.pbx(pbx);
  const times = { from: toRfc3339(from), to: toRfc3339(to), at: toRfc3339(at) };
  const data = { session, ...times, ...filling } satisfies z.infer<typeof gapFilledSchema>;
  const id = uuidv5(JSON.stringify([pbx, session, times.at]), FILLING_NAMESPACE);
  const event = envelope({ id, type: 'GapFilled', data }, { at: clock.now(), app, correlationId: stream });
  const load = () => readEvents(log, stream, { direction: 'backwards', limit: LOOK_BACK });
  await transact(log, load, (last) => ({
    to: { stream, last: last[0] },
    events: last.some((known) => known.id === id) ? [] : [event],
  }));
}
