import fc from 'fast-check';
import { entryId } from '../../../src/domain/callId.ts';
import { streamOf } from '../../../src/domain/events.ts';
import type { Rules } from '../../../src/domain/rules.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { Appending } from './appending.ts';
import { customerRemoved, customerTold, personsEvent, poison, systemEvent, type Told } from './events.ts';
import { shuffled } from './histories.ts';
import { RULES, runProjector, silent, type TestReadModel } from './readModel.ts';
import { demoRecording, sessionOf } from './recordedCalls.ts';

const MINUTE = 60_000_000;
const FIRST_AT = 1_795_000_000_000_000;
const NUMBERS = ['6912345678', '+306912345678', '2109990001', '+4930901820'];

const recordings = fc
  .uniqueArray(
    fc.constantFrom(
      'inbound-answered',
      'inbound-transferred',
      'inbound-missed',
      'outbound-answered',
      'inbound-withheld',
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((names) => names.map(demoRecording));

const minute = fc.integer({ min: -30, max: 60 }).map((minutes) => (FIRST_AT + minutes * MINUTE) as Micros);
const number = fc.record(
  { number: fc.constantFrom(...NUMBERS), from: minute.map(toRfc3339), to: minute.map(toRfc3339) },
  { requiredKeys: ['number'] },
);
const customer = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  numbers: fc.array(number, { maxLength: 3 }),
  at: minute,
  removed: fc.boolean(),
});
const person = fc.record({ call: fc.nat(), customer_id: fc.option(fc.constantFrom('a', 'z')), at: minute });
/** How a first connection ends: after so many facts, in good order or killed; and what the next one shows of the PBX. */
const lost = fc.record({
  after: fc.nat(),
  killed: fc.boolean(),
  listed: fc.boolean(),
  restarted: fc.boolean(),
  /** the PBX gives the same ids again */
  sameIds: fc.boolean(),
});
/** What a comparison of the clocks shows in the first connection, and from when on. */
const clock = fc.record({ clock_offset_ms: fc.constantFrom(400, 7_000, -7_000, 3_600_000), at: minute });
/** So many facts of the first connection are read late. */
const held = fc.record({ from: fc.nat(), facts: fc.integer({ min: 1, max: 40 }) });
/** What one PBX said, and what people said and did meanwhile. */
export const history = fc.record({
  recordings,
  lost: fc.option(lost),
  clocks: fc.array(clock, { maxLength: 3 }),
  held: fc.option(held),
  customers: fc.array(customer, { maxLength: 6 }),
  people: fc.array(person, { maxLength: 3 }),
  poisons: fc.array(fc.nat(), { maxLength: 2 }),
  order: fc.array(fc.nat(), { minLength: 400, maxLength: 400 }),
  parts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 20 }),
  rules: fc.constantFrom<Rules>(
    RULES,
    { ...RULES, own_numbers: ['+306912345678'], log_internal: true },
    { ...RULES, country: 'DE', matching: ['later_owner'] },
  ),
  batch: fc.integer({ min: 10, max: 500 }),
  /** a call with more facts waits to be folded */
  foldedAtOnce: fc.constantFrom(0, 10, 60),
  /** how much of what waits is folded behind each part, in pages of so many calls, and when the projector is another one */
  pages: fc.array(
    fc.record({ some: fc.nat({ max: 2 }), most: fc.integer({ min: 1, max: 3 }), another: fc.boolean() }),
    {
      minLength: 10,
      maxLength: 10,
    },
  ),
});

export type Drawn = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** Everything that happens: one connection after the other, in each streams side by side in the drawn order. */
export async function toldOf({
  recordings,
  lost,
  clocks,
  held,
  customers,
  people,
  poisons,
  order,
}: Drawn): Promise<Told[]> {
  const [first = [], ...next] = await sessionsOf(recordings, lost, clocks.length);
  const compared = clocks.map(({ at, clock_offset_ms }): Told => {
    const data = { session: 0, at: toRfc3339(at), clock_offset_ms };
    return { stream: streamOf.pbx('pbx'), event: systemEvent('ClockCompared', data, at) };
  });
  const sessions = [withLate(first, held).toSpliced(1, 0, ...compared), ...next];
  const streams = [...new Set(sessions.flat().map(({ stream }) => stream))];
  const spoiled = poisons.map((at) => poison(streams[at % streams.length] ?? ''));
  const customersTold = customers.map(({ id, numbers, at, removed }) =>
    removed ? customerRemoved(id, at) : customerTold('CustomerRegistered', id, numbers, at),
  );
  const peopleTold = people.map(({ call, customer_id, at }): Told => {
    const id = entryId('pbx', streams[call % streams.length]?.replace('call-pbx-', '') ?? '');
    const [type, data] = customer_id === null ? ['CallUnassigned', {}] : ['CallAssigned', { customer_id }];
    return { stream: streamOf.annotation(id), event: personsEvent(type, data, at) };
  });
  const others = [...spoiled, ...customersTold, ...peopleTold];
  return sessions.flatMap(([connected, ...facts], at) => [
    ...(connected ? [connected] : []),
    ...shuffled(at === 0 ? [...facts, ...others] : facts, order),
  ]);
}

function withLate(told: readonly Told[], held: Drawn['held']): Told[] {
  const from = held === null ? told.length : held.from % told.length;
  return told.map(({ stream, event }, at) => {
    const { received_at } = event.metadata;
    const isLate = typeof received_at === 'string' && at >= from && at < from + (held?.facts ?? 0);
    const said_after = isLate ? toRfc3339((Date.parse(received_at) * 1000 - 30_000_000) as Micros) : undefined;
    const metadata = said_after === undefined ? event.metadata : { ...event.metadata, said_after };
    return { stream, event: { ...event, metadata } };
  });
}

/** What the PBX says on one connection, or on two, each beginning with its PbxConnected. */
async function sessionsOf(recordings: readonly string[], lost: Drawn['lost'], comparisons: number): Promise<Told[][]> {
  const first = await sessionOf('pbx', 0, recordings, FIRST_AT as Micros);
  if (lost === null) return [first];
  const heard = first.slice(0, 1 + (lost.after % first.length));
  const disconnected = first.slice(-1);
  const session = comparisons + (lost.killed ? 1 : 2);
  const second = lost.sameIds
    ? (await sessionOf('pbx', session, recordings, FIRST_AT as Micros)).map(twoHoursLater)
    : await sessionOf('pbx', session, recordings, (FIRST_AT + 120 * MINUTE) as Micros);
  const at = toRfc3339((FIRST_AT + 110 * MINUTE) as Micros);
  const restart = { session, at, proof: 'start_time', started_at: toRfc3339((FIRST_AT + 100 * MINUTE) as Micros) };
  const shown = [
    ...(lost.restarted ? [systemEvent('PbxRestarted', restart, FIRST_AT as Micros)] : []),
    ...(lost.listed ? [systemEvent('ChannelsListed', { at, session, channels: 0 }, FIRST_AT as Micros)] : []),
  ].map((event): Told => ({ stream: streamOf.pbx('pbx'), event }));
  return [lost.killed ? heard : [...heard, ...disconnected], second.toSpliced(1, 0, ...shown)];
}

function twoHoursLater({ stream, event }: Told): Told {
  const { received_at } = event.metadata;
  if (typeof received_at !== 'string') return { stream, event };
  const later = toRfc3339((Date.parse(received_at) * 1000 + 120 * MINUTE) as Micros);
  return { stream, event: { ...event, metadata: { ...event.metadata, received_at: later } } };
}

/** Projects each part as soon as it is appended. */
export async function live(
  model: TestReadModel,
  told: readonly Told[],
  { parts, foldedAtOnce }: Drawn,
  appending = new Appending(model.log),
): Promise<void> {
  const projector = runProjector(model, silent, { foldedAtOnce });
  for (let at = 0, part = 0; at < told.length; part += 1) {
    const end = at + (parts[part % parts.length] ?? 1);
    await projector.reach(await appending.append(told.slice(at, end)));
    at = end;
  }
  await projector.stop();
}
