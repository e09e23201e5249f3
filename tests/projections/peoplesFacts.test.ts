import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { type JsonObject, streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING } from '../../src/ports/eventStore.ts';
import { Projection } from '../../src/projections/following/projection.ts';
import { type Incoming, incomingOf } from '../../src/projections/tables/batch.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { customerTold, personsEvent, type Told } from './support/events.ts';
import { forHistories, newVersion, readable, shuffled } from './support/histories.ts';
import { catchUp, type TestReadModel } from './support/readModel.ts';
import { demoRecording, joining, sessionOf } from './support/recordedCalls.ts';

const test = suite('random histories of what people say', { deadlineMs: 180_000 });

const RUNS = 25;
const FIRST_AT = 1_795_000_000_000_000;
const RECORDINGS = ['inbound-abandoned', 'outbound-busy', 'inbound-missed'].map(demoRecording);
const BY_HAND = [1, 2].map((n) => `5d2f8a34-8a0e-4b55-a6f9-00000000000${n}`);
const NOTES = [1, 2, 3, 4, 5].map((n) => `5d2f8a34-8a0e-4b55-a6f9-00000000001${n}`);

// few customers, times and notes: they meet
const at = fc.integer({ min: 0, max: 2 }).map((minute) => (FIRST_AT + minute * 60_000_000) as Micros);
const customerId = fc.constantFrom('a', 'b', 'c');
const byHand = fc.constantFrom(...BY_HAND);
const text = fc.constantFrom('one', 'two', 'ελ😀');

/** What is said in any stream of people's facts: type and data. */
const said: fc.Arbitrary<readonly [string, JsonObject]> = fc.oneof(
  customerId.map((customer_id) => ['CallAssigned', { customer_id }] as const),
  fc.constant(['CallUnassigned', {}] as const),
  fc.constantFrom(['CallMarkedDone', {}] as const, ['CallMarkedOpen', {}] as const),
  text.map((text) => ['NoteAdded', { text }] as const),
  fc.constantFrom(...NOTES, ...BY_HAND).map((note_id) => ['NoteRemoved', { note_id }] as const),
);
const saidOfPbx = fc.oneof(
  { weight: 2, arbitrary: said },
  { weight: 2, arbitrary: byHand.map((manual) => ['ManualCallMerged', { manual }] as const) },
  { weight: 1, arbitrary: byHand.map((manual) => ['ManualCallSplit', { manual }] as const) },
);
const correction = fc.record(
  {
    customer_id: customerId,
    direction: fc.constantFrom('inbound', 'outbound'),
    duration_seconds: fc.constantFrom(0, 7),
    notes: fc.constantFrom('', 'corrected'),
    occurred_at: at.map(toRfc3339),
  },
  { requiredKeys: [] },
);
const saidByHand = fc.oneof(
  { weight: 8, arbitrary: said },
  { weight: 4, arbitrary: correction.map((data): [string, JsonObject] => ['CallCorrected', { ...data }]) },
  { weight: 1, arbitrary: fc.constant(['CallVoided', {}] as const) },
);

/** Late: when the calls have ended. */
const late = fc.boolean();
const history = fc.record({
  joined: fc.option(late, { freq: 1 }),
  customers: fc.array(fc.record({ id: customerId, at, late }), { maxLength: 2 }),
  ofPbx: fc.array(fc.record({ call: fc.nat({ max: 2 }), said: saidOfPbx, at, late }), {
    minLength: 8,
    maxLength: 24,
    size: 'max',
  }),
  logged: fc.subarray(BY_HAND, { minLength: 1 }),
  byHand: fc.array(fc.record({ uuid: byHand, said: saidByHand, at, late }), { maxLength: 8, size: 'max' }),
  order: fc.array(fc.nat(), { minLength: 300, maxLength: 300 }),
  parts: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 10, maxLength: 10 }),
});
type Drawn = typeof history extends fc.Arbitrary<infer T> ? T : never;

test('give the rows of an independent fold after every part, however they are cut and how often they are delivered', async () => {
  await forHistories(history, RUNS, (model, drawn, run) => livedEqualsRebuilt(model, 2 * run, drawn));
});

async function livedEqualsRebuilt(model: TestReadModel, version: number, drawn: Drawn): Promise<void> {
  await new Appending(model.log).append(await toldOf(drawn));
  const lived = await newVersion(model, version);
  await deliver(lived, drawn.parts);
  const rebuilt = await newVersion(model, version + 1);
  await catchUp(rebuilt);
  assert.equal(await readable(rebuilt), await readable(lived));
}

/** Each part twice; after it the tables must agree with the log as far as it was delivered. */
async function deliver(model: TestReadModel, parts: readonly number[]): Promise<void> {
  const { pool, log, version } = model;
  const projection = new Projection({ pool, log, schema: version.schema, rules: version.rules, clock: systemClock });
  await projection.resume();
  const events: Incoming[] = [];
  for await (const batch of log.readAll(BEGINNING)) events.push(...batch.map(incomingOf));
  for (let from = 0, part = 0; from < events.length; part += 1) {
    const to = from + (parts[part % parts.length] ?? 1);
    await projection.apply(events.slice(from, to));
    await projection.apply(events.slice(from, to));
    await assertAgreesWithLog(model);
    from = to;
  }
}

async function toldOf({ joined, customers, ofPbx, logged, byHand, order }: Drawn): Promise<Told[]> {
  const facts = await sessionOf('pbx', 0, RECORDINGS, FIRST_AT as Micros);
  const [connected, ...heard] = facts;
  const streams = [...new Set(facts.map(({ stream }) => stream))];
  const calls = streams.flatMap((stream) => stream.match(/\d+\.\d+$/)?.[0] ?? []);
  const [older = '', newer = ''] = calls;
  const noteIds = NOTES.values();
  const people = (stream: string, [type, data]: readonly [string, JsonObject], when: Micros): Told => {
    const event = personsEvent(type, data, when);
    const id = (type === 'NoteAdded' ? noteIds.next().value : undefined) ?? event.id;
    return { stream, event: { ...event, id } };
  };
  const when = (isLate: boolean): Told[] => [
    ...(joined === isLate ? [joining(older, newer, facts.length, FIRST_AT as Micros)] : []),
    ...customers
      .filter((one) => one.late === isLate)
      .map(({ id, at }) => customerTold('CustomerRegistered', id, ['6912345678', '+4930901820'], at)),
    ...ofPbx
      .filter((one) => one.late === isLate)
      .map(({ call, said, at }) => {
        const id = entryId('pbx', calls[call] ?? '');
        return people(streamOf.annotation(id), said, at);
      }),
    ...byHand.filter((one) => one.late === isLate).map(({ uuid, said, at }) => people(streamOf.manual(uuid), said, at)),
  ];
  return [
    ...(connected ? [connected] : []),
    ...shuffled([...logged.map(loggedByHand), ...heard, ...when(false)], order),
    ...shuffled(when(true), order),
  ];
}

function loggedByHand(uuid: string): Told {
  const content = { customer_id: 'a', direction: 'inbound', duration_seconds: 60, notes: 'logged' };
  const data = { ...content, occurred_at: toRfc3339(FIRST_AT as Micros), request_hash: null };
  const event = personsEvent('CallLogged', data, FIRST_AT as Micros);
  return { stream: streamOf.manual(uuid), event: { ...event, id: uuid } };
}

test.run();
