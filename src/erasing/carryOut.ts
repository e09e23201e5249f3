import { randomUUID } from 'node:crypto';
import { envelope, statedBy } from '../domain/envelope.ts';
import {
  type Author,
  erasureOrderedSchema,
  type JsonObject,
  personalDataErasedSchema,
  streamOf,
} from '../domain/events.ts';
import { dataOf } from '../domain/recorded.ts';
import { endOf } from '../log/streamEnds.ts';
import { transact } from '../log/transact.ts';
import type { Clock } from '../ports/clock.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import { VERSION } from '../version.ts';
import type { Plan } from './plan.ts';

/** Streams, or ids of calls, or facts that one order names: it stays far below the largest append. */
const MAX_NAMED = 1_000;

type Order = ReturnType<typeof erasureOrderedSchema.parse>;

export type ErasingDeps = { readonly log: EventStore; readonly clock: Clock };

/** What was erased; `position` is that of the proof. */
export type Erased = { readonly streams: number; readonly facts: number; readonly position: bigint };

/** Orders it in the log, erases it there, and records that it is done. Errors: those of the log; the rest is then for `finishErasures`. */
export async function carryOut(deps: ErasingDeps, plan: Plan, by: Author): Promise<Erased> {
  const orders = ordersOf(plan);
  for (const order of orders) await record(deps, 'ErasureOrdered', order, by);
  return erase(deps, orders, by);
}

/** Does the rest of what was ordered and not finished. What was erased; null: nothing was left over. */
export async function finishErasures(deps: ErasingDeps, by: Author): Promise<Erased | null> {
  const open = new Map<string, Order[]>();
  for (const event of await readEvents(deps.log, streamOf.erasures)) {
    if (event.type === 'ErasureOrdered') {
      const order = dataOf(event, erasureOrderedSchema);
      open.set(order.erasure, [...(open.get(order.erasure) ?? []), order]);
    } else if (event.type === 'PersonalDataErased') {
      open.delete(dataOf(event, personalDataErasedSchema).erasure);
    }
  }
  let last: Erased | null = null;
  for (const orders of open.values()) last = await erase(deps, orders, by);
  return last;
}

async function erase(deps: ErasingDeps, orders: readonly Order[], by: Author): Promise<Erased> {
  const { log } = deps;
  for (const { streams, facts } of orders) {
    await log.erase(streams);
    for (const { stream, revisions } of facts) await log.eraseEvents?.(stream, revisions.map(BigInt));
  }
  const [first] = orders;
  const streams = orders.reduce((sum, order) => sum + order.streams.length, 0);
  const facts = orders.flatMap((order) => order.facts).reduce((sum, { revisions }) => sum + revisions.length, 0);
  const proof = { erasure: first?.erasure ?? '', subject: first?.subject ?? 'call', streams, facts };
  return { streams, facts, position: await record(deps, 'PersonalDataErased', proof, by) };
}

function ordersOf({ subject, streams, calls, mixed }: Plan): readonly Order[] {
  const erasure = randomUUID();
  const named = [
    ...streams.map((stream) => ({ kind: 'stream', stream }) as const),
    ...calls.flatMap(({ pbx, keys }) => keys.map((key) => ({ kind: 'call', pbx, key }) as const)),
    ...mixed.flatMap(({ stream, revisions }) =>
      revisions.map((revision) => ({ kind: 'fact', stream, revision: `${revision}` }) as const),
    ),
  ];
  const orders: Order[] = [];
  for (let at = 0; at < named.length; at += MAX_NAMED) {
    const some = named.slice(at, at + MAX_NAMED);
    const calls = new Map<string, string[]>();
    const facts = new Map<string, string[]>();
    for (const one of some) {
      if (one.kind === 'call') calls.set(one.pbx, [...(calls.get(one.pbx) ?? []), one.key]);
      if (one.kind === 'fact') facts.set(one.stream, [...(facts.get(one.stream) ?? []), one.revision]);
    }
    orders.push({
      erasure,
      subject,
      streams: some.flatMap((one) => (one.kind === 'stream' ? [one.stream] : [])),
      calls: [...calls].map(([pbx, keys]) => ({ pbx, keys })),
      facts: [...facts].map(([stream, revisions]) => ({ stream, revisions })),
    });
  }
  return orders;
}

/** The position where it stands. */
async function record({ log, clock }: ErasingDeps, type: string, data: JsonObject, by: Author): Promise<bigint> {
  const event = envelope(
    { id: randomUUID(), type, data },
    { at: clock.now(), app: VERSION, correlationId: by.requestId },
    statedBy(by),
  );
  const { position } = await transact(
    log,
    () => endOf(log, streamOf.erasures),
    (to) => ({ to, events: [event] }),
  );
  return position;
}
