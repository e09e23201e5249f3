import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { entryId } from '../../../src/domain/callId.ts';
import { type RecordedEvent, streamOf } from '../../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { BEGINNING } from '../../../src/ports/eventStore.ts';
import { projectEvents } from '../../../src/projections/following/projectEvents.ts';
import { Projection } from '../../../src/projections/following/projection.ts';
import { incomingOf } from '../../../src/projections/tables/batch.ts';
import { suite } from '../../support/suite.ts';
import { bytesOf } from '../rebuild/bytes.ts';
import { assertAgreesWithLog, storedTables } from '../support/agreement.ts';
import { Appending } from '../support/appending.ts';
import { customerRemoved, customerTold, personsEvent, systemEvent, type Told } from '../support/events.ts';
import { forHistories, newVersion, readable, shuffled } from '../support/histories.ts';
import { misreadIn, misreading } from '../support/misreading.ts';
import { catchUp, foldAll, silent, type TestReadModel } from '../support/readModel.ts';
import { demoRecording, joining, sessionOf } from '../support/recordedCalls.ts';

const test = suite('random histories with events that are parked for a while', { deadlineMs: 180_000 });

const RUNS = 15;
const FIRST_AT = 1_795_000_000_000_000;
const MINUTE = 60_000_000;
const BY_HAND = '5d2f8a34-8a0e-4b55-a6f9-000000000001';

const history = fc.record({
  /** the first session ends in good order, or without a word */
  killed: fc.boolean(),
  /** facts that are not heard at the end of the first session: its last call is cut */
  cut: fc.integer({ min: 0, max: 25 }),
  listed: fc.boolean(),
  restarted: fc.boolean(),
  /** what the clock of the PBX shows more from the middle of the first session on */
  clock_offset_ms: fc.constantFrom(null, 7_000, -3_600_000),
  joined: fc.boolean(),
  order: fc.array(fc.nat(), { minLength: 100, maxLength: 100 }),
  parts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 10, maxLength: 10 }),
  /** one of so many facts of calls, and of other events, is not understood at first */
  misread: fc.record({ calls: fc.integer({ min: 4, max: 40 }), others: fc.integer({ min: 1, max: 3 }) }),
  chosen: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
  /** a call with more facts waits to be folded, and after how many parts all that waits is folded */
  foldedAtOnce: fc.constantFrom(0, 12, 200),
  foldedEvery: fc.integer({ min: 1, max: 4 }),
  /** after how many parts all that is parked is tried again */
  retriedEvery: fc.integer({ min: 2, max: 6 }),
});
type Drawn = typeof history extends fc.Arbitrary<infer T> ? T : never;

test('give the rows of a version in which nothing was ever parked, whenever they are tried again', async () => {
  await forHistories(history, RUNS, (model, drawn, run) => retriedEqualsRebuilt(model, 2 * run, drawn));
});

async function retriedEqualsRebuilt(model: TestReadModel, version: number, drawn: Drawn): Promise<void> {
  await new Appending(model.log).append(await toldOf(drawn));
  const events: RecordedEvent[] = [];
  for await (const batch of model.log.readAll(BEGINNING)) events.push(...batch);
  const misread = new Set(events.filter((event, at) => isMisread(event, at, drawn)).map(({ id }) => id));
  const lived = await newVersion(model, version);
  const { pool } = model;
  const { foldedAtOnce } = drawn;
  const options = { pool, schema: lived.version.schema, rules: lived.version.rules, clock: systemClock, foldedAtOnce };

  // one projector all the while: what it has in memory must not outlive a retry
  const log = misreading(model.log, misread);
  const projection = new Projection({ ...options, log });
  await projection.resume();
  for (let from = 0, part = 0; from < events.length; part += 1) {
    const to = from + (drawn.parts[part % drawn.parts.length] ?? 1);
    const batch = misreadIn(events.slice(from, to), misread);
    try {
      await projectEvents(projection, batch.map(incomingOf), { version, logger: silent });
    } catch (error) {
      assert.match(String(error), 'another projector');
      await projection.resume();
      continue;
    }
    // what was passed over without a look at it is no event that was parked
    const parked = (await storedTables(pool, lived.version.schema)).parked;
    for (const { id, position } of events.slice(from, to)) if (!parked.has(position)) misread.delete(id);
    from = to;
    if (part % drawn.retriedEvery === 0) await retryOne(lived, misread, drawn.chosen[part % drawn.chosen.length] ?? 0);
    if (part % drawn.foldedEvery > 0) continue;
    await foldWhatWaits(projection);
    await assertAgreesWithLog(lived);
  }
  for (let at = 0; (await storedTables(pool, lived.version.schema)).parked.size > 0; at += 1) {
    await retryOne(lived, misread, drawn.chosen[at % drawn.chosen.length] ?? 0);
  }
  await foldWhatWaits(projection);
  await assertAgreesWithLog(lived);
  const rebuilt = await newVersion(model, version + 1);
  await catchUp(rebuilt);
  assert.equal(await readable(lived), await readable(rebuilt));
  assert.equal(await comparable(lived), await comparable(rebuilt));
}

/** It may have been overtaken by a retry. */
async function foldWhatWaits(projection: Projection): Promise<void> {
  await projection.resume();
  await foldAll(projection);
}

/** Tries one of the parked events again, with a program that understands everything. */
async function retryOne({ pool, log, version }: TestReadModel, misread: Set<string>, chosen: number): Promise<void> {
  const { rows } = await pool.query(`select * from ${version.schema}.parked order by position`);
  const event = rows[chosen % Math.max(rows.length, 1)];
  if (event === undefined) return;
  misread.delete(event.event_id);
  const { schema, rules } = version;
  await new Projection({ pool, schema, rules, log, clock: systemClock }).unpark(event);
}

function isMisread({ stream }: RecordedEvent, at: number, { misread, chosen }: Drawn): boolean {
  const oneOf = stream.startsWith('call-') ? misread.calls : misread.others;
  return (chosen[at % chosen.length] ?? 0) % oneOf === 0;
}

/** Everything in the tables but the order in which keys and parts of streams came to a group. */
async function comparable({ pool, version }: TestReadModel): Promise<readonly string[]> {
  const bytes = await bytesOf(pool, version.schema);
  const { rows } = await pool.query(
    `select id, pbx, open, position, array(select unnest(keys) order by 1) as keys,
            array(select part::text from json_array_elements(streams) as part order by 1) as streams
     from ${version.schema}.call_group order by id`,
  );
  const groups = rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)));
  return [...bytes.filter((line) => !line.startsWith('call_group')), ...groups];
}

async function toldOf({ killed, cut, listed, restarted, clock_offset_ms, joined, order }: Drawn): Promise<Told[]> {
  const at = (minute: number) => (FIRST_AT + minute * MINUTE) as Micros;
  const recordings = ['inbound-transferred', 'outbound-busy', 'inbound-answered'].map(demoRecording);
  const first = await sessionOf('pbx', 0, recordings, at(0));
  const heard = first.slice(0, first.length - 1 - cut);
  const ended = killed ? [] : first.slice(-1);
  const ofPbx = (type: string, data: Told['event']['data']): Told => {
    return { stream: streamOf.pbx('pbx'), event: systemEvent(type, data, at(60)) };
  };
  const compared =
    clock_offset_ms === null ? [] : [ofPbx('ClockCompared', { session: 0, at: toRfc3339(at(10)), clock_offset_ms })];
  const session = compared.length + (killed ? 1 : 2);
  const next = await sessionOf('pbx', session, [demoRecording('inbound-missed')], at(60));
  const [connected, ...later] = next;
  const list = ofPbx('ChannelsListed', { at: toRfc3339(at(60)), session, channels: 0 });
  const restart = ofPbx('PbxRestarted', {
    session,
    at: toRfc3339(at(60)),
    proof: 'uniqueid_counter',
    started_at: null,
  });
  const calls = [...new Set([...first, ...next].flatMap(({ stream }) => stream.match(/\d+\.\d+$/)?.[0] ?? []))];
  const join = joining(calls[0] ?? '', calls[1] ?? '', first.length, at(1));
  return [
    ...heard,
    ...compared,
    ...ended,
    ...shuffled(said(calls, at), order),
    ...(connected ? [connected] : []),
    ...(restarted ? [restart] : []),
    ...(listed ? [list] : []),
    ...(joined ? [join] : []),
    ...later,
  ];
}

/** What people say: of each kind of stream several events, whose order counts. */
function said(calls: readonly string[], at: (minute: number) => Micros): Told[] {
  const [one = '', two = ''] = calls.map((call) => streamOf.annotation(entryId('pbx', call)));
  const manual = streamOf.manual(BY_HAND);
  const people = (stream: string, type: string, data: Told['event']['data'], minute: number): Told => {
    return { stream, event: personsEvent(type, data, at(minute)) };
  };
  const note = people(one, 'NoteAdded', { text: 'a note' }, 3);
  const content = { customer_id: 'a', direction: 'inbound', duration_seconds: 60, notes: 'logged', request_hash: null };
  return [
    customerTold('CustomerRegistered', 'a', ['6912345678', '+4930901820'], at(1)),
    customerTold('CustomerChanged', 'a', ['+4930901820', '2101234567'], at(2)),
    customerTold('CustomerChanged', 'a', ['6912345678'], at(3)),
    customerTold('CustomerRegistered', 'b', ['6912345678'], at(2)),
    customerRemoved('b', at(3)),
    customerTold('CustomerChanged', 'b', ['6912345678', '2101234567'], at(4)),
    people(one, 'CallAssigned', { customer_id: 'a' }, 2),
    note,
    people(one, 'ManualCallMerged', { manual: BY_HAND }, 4),
    people(one, 'NoteRemoved', { note_id: note.event.id }, 5),
    people(one, 'ManualCallSplit', { manual: BY_HAND }, 6),
    people(one, 'CallUnassigned', {}, 7),
    people(two, 'CallMarkedDone', {}, 2),
    people(two, 'ManualCallMerged', { manual: BY_HAND }, 5),
    people(two, 'CallMarkedOpen', {}, 3),
    people(manual, 'CallLogged', { ...content, occurred_at: toRfc3339(at(0)) }, 1),
    people(manual, 'CallCorrected', { notes: 'corrected', duration_seconds: 0 }, 2),
    people(manual, 'CallCorrected', { customer_id: 'b' }, 3),
    people(manual, 'NoteAdded', { text: 'by hand' }, 4),
  ];
}

test.run();
