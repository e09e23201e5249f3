// What is read late is not told as if it had happened then: stalls in recordings, whose true times are known.
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Recording, readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import type { Connection } from '../../src/domain/call/foldGroup.ts';
import type { CallEntry } from '../../src/domain/entry.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { channelsMeant } from '../../src/domain/facts/grouping.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { fromRfc3339, type Micros } from '../../src/domain/time.ts';
import { recordingFiles } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';

const test = suite('rows of which something was read late', { deadlineMs: 60_000 });
const rules = defaultRules('GR');
const SECOND = 1_000_000;

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

/** The bytes of a span are held back to its end; what is read then was said after the last answer to a Ping. */
type Stall = {
  readonly name: string;
  /** where in the recording it begins, 0 to 1 */
  readonly where: number;
  readonly seconds: number;
  /** so long before the stall the last Ping was sent */
  readonly pingedSeconds: number;
  /** the PBX's clock minus ours, in seconds */
  readonly offset: number;
  readonly hasCdrs: boolean;
};

const timed = recordingFiles().filter(({ isTimed }) => isTimed);
const files = new Map(timed.map((file) => [file.name, file.path]));
const recordings = new Map<string, Promise<Recording>>();

const aStall: fc.Arbitrary<Stall> = fc.record({
  name: fc.constantFrom(...files.keys()),
  where: fc.double({ min: 0, max: 1, noNaN: true }),
  seconds: fc.integer({ min: 5, max: 40 }),
  pingedSeconds: fc.double({ min: 0, max: 2, noNaN: true }),
  offset: fc.constantFrom(0, 0, 0.4, 7, -7, 3600, -86_400),
  hasCdrs: fc.boolean(),
});

const holds = (property: fc.IAsyncProperty<[Stall]>, numRuns: number) =>
  fc.assert(property, { seed, numRuns, includeErrorInReport: true });

test('say so, and each of their times is right to the second or missing', () =>
  holds(
    fc.asyncProperty(aStall, async (stall) => {
      const { truth, stalled, held } = await stalledRecording(stall);
      const rows = rowsOf(stalled, rules);
      assert.equal(rows.map(({ id }) => id).sort(), truth.map(({ id }) => id).sort());
      for (const row of rows) {
        const right = truth.find(({ id }) => id === row.id);
        if (right) compare(row, right, stall);
        assert.is(row.incomplete.includes('late'), isTouched(row, held), `${row.ext_message_id}: ${row.incomplete}`);
      }
    }),
    1_000,
  ));

test('are right or missing as well where nobody noted lateness, as far as the clock of the PBX shows it', () =>
  holds(
    fc.asyncProperty(aStall, async (stall) => {
      const { truth, stalled, held } = await stalledRecording(stall, { isNoted: false });
      for (const row of rowsOf(stalled, rules)) {
        const right = truth.find(({ id }) => id === row.id);
        if (!row.incomplete.includes('late')) {
          const began = fromRfc3339(row.occurred_at ?? '') ?? Number.NaN;
          assert.ok(Math.abs(began - (fromRfc3339(right?.occurred_at ?? '') ?? Number.NaN)) <= 7 * SECOND);
          continue;
        }
        assert.ok(isTouched(row, held), 'nothing else is late');
        if (right) compare(row, right, stall);
      }
    }),
    500,
  ));

test('have nothing to say of what came in time', async () => {
  for (const name of files.keys()) {
    const { facts, connection } = await read(name);
    const rows = rowsOf({ facts, connection: connection && { ...connection, clock: sure(connection, 0) } }, rules);
    for (const { incomplete, ext_message_id } of rows) {
      assert.not.ok(incomplete.includes('late'), `${name} ${ext_message_id}`);
    }
  }
});

test.run();

function read(name: string): Promise<Recording> {
  const known = recordings.get(name) ?? readRecording(files.get(name) ?? '');
  recordings.set(name, known);
  return known;
}

function sure({ connectedAt }: Connection, offset: number) {
  return [{ at: connectedAt, offset: offset * SECOND }];
}

/** The rows as they are without the stall, what was heard with it, and which facts were held. */
async function stalledRecording(stall: Stall, { isNoted = true } = {}) {
  const { facts: all, connection: recorded } = await read(stall.name);
  const ours = (time: Micros | null) => time && ((time - stall.offset * SECOND) as Micros);
  const said = all
    .filter(({ record }) => stall.hasCdrs || record === null)
    .map((fact) => ({ ...fact, receivedAt: ours(fact.receivedAt) }));
  const facts = said.map((fact) => (fact.timestamp === null ? { ...fact, at: fact.receivedAt } : fact));
  const first = facts[0]?.receivedAt ?? (0 as Micros);
  const last = facts.at(-1)?.receivedAt ?? first;
  const connection = recorded && { ...recorded, connectedAt: first, disconnectedAt: last, lastHeardAt: last };
  const session = connection && { ...connection, clock: sure(connection, stall.offset) };
  const from = Math.floor(first + stall.where * (last - first));
  const until = (from + stall.seconds * SECOND) as Micros;
  const saidAfter = Math.floor(from - stall.pingedSeconds * SECOND) as Micros;
  const held = new Set<Fact>();
  const stalled = facts.map((fact) => {
    if (fact.receivedAt === null || fact.receivedAt < from || fact.receivedAt >= until) return fact;
    const late = isNoted ? { saidAfter, isLate: true } : {};
    const one = { ...fact, receivedAt: until, at: fact.timestamp ?? until, ...late };
    held.add(one);
    return one;
  });
  return {
    truth: rowsOf({ facts, connection: session }, rules),
    stalled: { facts: stalled, connection: session },
    held,
  };
}

function isTouched({ legs }: CallEntry, held: ReadonlySet<Fact>): boolean {
  const ids = new Set(legs.map(({ uniqueid }) => uniqueid));
  return [...held].some((fact) => channelsMeant(fact).some(({ uniqueid }) => ids.has(uniqueid)));
}

/** Whole seconds are cut off; the clocks are compared to half a second. */
const TOLERANCE = 1.5 * SECOND;

function compare(row: CallEntry, right: CallEntry, stall: Stall): void {
  const what = `${row.ext_message_id} of ${JSON.stringify(stall)}`;
  assert.is(row.outcome, right.outcome, what);
  if (row.outcome === 'answered') assert.is(row.segments[0]?.from ?? null, row.answered_at, what);
  const told = timesIn(row);
  const known = timesIn(right);
  for (const [name, time] of told) {
    if (time === null) continue;
    const truth = known.get(name) ?? null;
    const isRight = truth !== null && Math.abs(time - truth) <= TOLERANCE;
    assert.ok(isRight, `${name} ${time / SECOND} instead of ${(truth ?? Number.NaN) / SECOND}: ${what}`);
  }
  for (const length of ['ring_seconds', 'duration_seconds'] as const) {
    const [seconds, truth] = [row[length], right[length]];
    assert.ok(
      seconds === null || (truth !== null && Math.abs(seconds - truth) <= 2),
      `${length} ${seconds} ${truth}: ${what}`,
    );
  }
}

/** Each time in a row by what it is the time of. */
function timesIn({ occurred_at, answered_at, ended_at, segments, legs }: CallEntry): Map<string, Micros | null> {
  const texts: [string, string | null][] = [
    ['occurred_at', occurred_at],
    ['answered_at', answered_at],
    ['ended_at', ended_at],
    // whether somebody was away for a blink in between is not told of what was read late
    ...[...new Set(segments.map(({ channel }) => channel))].flatMap((channel): [string, string | null][] => [
      [`${channel} speaks from`, segments.find((one) => one.channel === channel)?.from ?? null],
      [`${channel} speaks to`, segments.findLast((one) => one.channel === channel)?.to ?? null],
    ]),
    ...legs.flatMap(({ uniqueid, from, answered, to, holds }): [string, string | null][] => [
      [`leg ${uniqueid} from`, from],
      [`leg ${uniqueid} answered`, answered],
      [`leg ${uniqueid} to`, to],
      ...holds.flatMap((hold, nth): [string, string | null][] => [
        [`leg ${uniqueid} hold ${nth} from`, hold.from],
        [`leg ${uniqueid} hold ${nth} to`, hold.to],
      ]),
    ]),
  ];
  return new Map(texts.map(([name, text]) => [name, text === null ? null : fromRfc3339(text)]));
}
