import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../src/domain/events.ts';
import { streamOf } from '../../src/domain/events.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../src/domain/readGroup.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { buildVersion } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { bytesOf } from './rebuild/bytes.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { systemEvent, type Told } from './support/events.ts';
import { forHistories, newVersion, shuffled } from './support/histories.ts';
import { catchUp, RULES, runProjector, silent, type TestReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('a PBX that two servers have heard', { deadlineMs: 120_000 });

const RUNS = 12;
const FIRST_AT = 1_795_000_000_000_000 as Micros;
const PBX = streamOf.pbx('pbx');

const history = fc.record({
  recordings: fc
    .uniqueArray(fc.constantFrom('inbound-answered', 'inbound-transferred', 'inbound-missed', 'outbound-answered'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((names) => names.map(demoRecording)),
  /** the first server is lost, leaves, is lost and nobody tells it, or has written nothing before the other one is there */
  way: fc.constantFrom('taken over', 'handed over', 'killed', 'written late'),
  /** so many facts the first one hears, so many of which are stored before the other one begins */
  heard: fc.nat(),
  storedBefore: fc.nat(),
  /** so many nobody hears */
  unheard: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
  listed: fc.boolean(),
  /** what both find that the PBX's clock shows more than theirs; the first one when its facts are not stored any more */
  offset: fc.option(fc.constantFrom(400, 7_000, -7_000)),
  order: fc.array(fc.nat(), { minLength: 200, maxLength: 200 }),
  parts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 10, maxLength: 10 }),
  batch: fc.integer({ min: 10, max: 500 }),
});
type Drawn = typeof history extends fc.Arbitrary<infer T> ? T : never;

test('gives the rows of one that one server heard, whenever and in whatever order its facts are stored', async () => {
  await forHistories(history, RUNS, async (model, drawn, run) => {
    const all = (await sessionOf('pbx', 0, drawn.recordings, FIRST_AT)).filter(({ stream }) => stream !== PBX);
    const lived = await newVersion(model, 3 * run);
    await live(lived, toldOf(all, drawn), drawn.parts);
    await assertAgreesWithLog(lived);
    const later = await newVersion(model, 3 * run + 1);
    await catchUp(later);
    const rebuilt = await newVersion(model, 3 * run + 2);
    await rebuild(rebuilt, drawn.batch);
    const expected = await bytesOf(model.pool, lived.version.schema);
    assert.equal(await bytesOf(model.pool, later.version.schema), expected);
    assert.equal(await bytesOf(model.pool, rebuilt.version.schema), expected);
    // a clock that the recordings do not know makes all of them late
    const isOfOneClock = Math.abs(drawn.offset ?? 0) < 1_000;
    if (isOfOneClock && lostOf(all, drawn) === 0) assert.equal(await storedRows(lived), rowsOf(all));
  });
});

function lostOf(all: readonly Told[], { heard, unheard }: Drawn): number {
  return Math.min(unheard, all.length - (heard % (all.length + 1)));
}

/** How many the first server hears, and how many of these are stored before the other one begins. */
function partsOf(all: readonly Told[], { way, heard, storedBefore }: Drawn) {
  const seam = heard % (all.length + 1);
  return { seam, before: way === 'written late' ? 0 : storedBefore % (seam + 1) };
}

/** What both servers write, in an order in which it can be written. */
function toldOf(all: readonly Told[], drawn: Drawn): Told[] {
  const { way, listed, order, offset } = drawn;
  const { seam, before } = partsOf(all, drawn);
  const [begun, taken] = [FIRST_AT, timeAt(all, seam)];
  // the revisions of both `PbxConnected`
  const second = { 'taken over': 2, 'handed over': 1, killed: 1, 'written late': 0 }[way];
  const first = way !== 'written late' ? {} : { session: listed ? 2 : 1, heard_before: second };
  const session = first.session ?? 0;

  const connected = ofPbx('PbxConnected', { ...at(begun), ...UNCOMPARED, ...hidden(first.heard_before) });
  const reason = way === 'taken over' ? 'TAKEN_OVER' : way === 'handed over' ? 'HANDED_OVER' : 'KILLED';
  const until = way === 'taken over' ? timeAt(all, before) : taken;
  const ended = { session, ...at(taken), last_heard_at: toRfc3339(until), reason, pbx_went_down: false };
  const disconnected = ofPbx('PbxDisconnected', ended);
  const its = all.slice(0, seam).map((told, seq) => heardIn(told, session, seq, first.heard_before));

  const compared = { session, ...at(timeAt(all, before)), clock_offset_ms: offset };
  const clock = offset === null ? [] : [ofPbx('ClockCompared', compared)];
  const connectedThere = ofPbx('PbxConnected', { ...at(taken), ami_version: null, clock_offset_ms: offset });
  const list = listed ? [ofPbx('ChannelsListed', { ...at(taken), session: second, channels: 0 })] : [];
  const there = all.slice(seam + lostOf(all, drawn)).map((told, seq) => heardIn(told, second, seq));

  const late = shuffled(its.slice(before), order);
  const itsRest = {
    'taken over': [...clock, ...late],
    'handed over': [...clock, ...late, disconnected],
    killed: [...clock, ...late],
    'written late': [connected, ...clock, ...late, disconnected],
  }[way];
  return [
    ...(way === 'written late' ? [] : [connected]),
    ...shuffled(its.slice(0, before), order),
    ...(way === 'taken over' ? [disconnected] : []),
    connectedThere,
    ...list,
    ...merged(itsRest, shuffled(there, order), order),
  ];
}

const UNCOMPARED = { ami_version: null, clock_offset_ms: null };

function at(time: Micros) {
  return { at: toRfc3339(time) };
}

function hidden(heard_before: number | undefined): JsonObject {
  return heard_before === undefined ? {} : { heard_before };
}

function ofPbx(type: string, data: JsonObject): Told {
  return { stream: PBX, event: systemEvent(type, data, FIRST_AT) };
}

function heardIn({ stream, event }: Told, session: number, seq: number, heardBefore?: number): Told {
  const metadata = { ...event.metadata, session, seq, ...hidden(heardBefore) };
  const isOfSession = stream === streamOf.session('pbx', 0);
  return {
    stream: isOfSession ? streamOf.session('pbx', session) : stream,
    event: { ...event, metadata },
  };
}

function timeAt(all: readonly Told[], index: number): Micros {
  const { received_at } = all[Math.min(index, all.length - 1)]?.event.metadata ?? {};
  return (Date.parse(String(received_at)) * 1000) as Micros;
}

/** Two lists, each in its order. */
function merged(one: readonly Told[], other: readonly Told[], order: readonly number[]): Told[] {
  const [left, right] = [[...one], [...other]];
  const all: Told[] = [];
  for (let n = 0; left.length + right.length > 0; n += 1) {
    const isLeft = right.length === 0 || (left.length > 0 && (order[n % order.length] ?? 0) % 2 === 0);
    const next = (isLeft ? left : right).shift();
    if (next) all.push(next);
  }
  return all;
}

/** The rows of one undisturbed session. */
function rowsOf(all: readonly Told[]) {
  const connections = [{ pbx: 'pbx', session: 0, connectedAt: FIRST_AT, ...NOT_ENDED }];
  const groups = groupFacts(all.map(({ event }) => factOf(event)));
  return groups
    .flatMap((facts) => foldAndRead(facts, { connections, rules: RULES }).entries.map(comparable))
    .sort(byId);
}

const NOT_ENDED = { disconnectedAt: null, lastHeardAt: null, pbxWentDown: false, reason: null };

async function storedRows({ pool, version }: TestReadModel) {
  const { entries } = await storedTables(pool, version.schema);
  return entries.map(comparable).sort(byId);
}

/** What a row says of its call, but for what was not heard of it; without what other facts make of it. */
function comparable(row: Readonly<Record<string, unknown>> & { readonly id: string }) {
  const {
    incomplete: _,
    why,
    customer_id,
    match,
    notes,
    done_at,
    position,
    annotation_revision,
    type,
    source,
    logged_by,
    ...said
  } = row;
  return { ...said, id: row.id, why: { ...Object(why), incomplete: null } };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

/** Projects each part as soon as it is appended. */
async function live(model: TestReadModel, told: readonly Told[], parts: readonly number[]): Promise<void> {
  const projector = runProjector(model);
  const appending = new Appending(model.log);
  for (let next = 0, part = 0; next < told.length; part += 1) {
    const end = next + (parts[part % parts.length] ?? 1);
    await projector.reach(await appending.append(told.slice(next, end)));
    next = end;
  }
  await projector.stop();
}

async function rebuild({ db, pool, log, version }: TestReadModel, batch: number): Promise<void> {
  const signal = new AbortController().signal;
  await buildVersion({ version, db, pool, log, logger: silent, clock: systemClock, signal, batch });
}

test.run();
