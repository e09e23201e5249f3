// Whoever connects while calls go on hears the rest of them, after a list of what is open or without one.
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Recording, readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import type { CallEntry } from '../../src/domain/entry.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { fromRfc3339 } from '../../src/domain/time.ts';
import { heardFrom } from '../support/connectingLate.ts';
import { recordingFiles } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';

const test = suite('a call that is heard from its middle', { deadlineMs: 60_000 });
const rules = defaultRules('GR');
const files = new Map(recordingFiles().flatMap(({ name, path, isTimed }) => (isTimed ? [[name, path]] : [])));
const recordings = new Map<string, Promise<Recording>>();

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

/** Two customers who were put through to each other: without a list the second is taken for one that was dialled. */
const HAS_TWO_IN_ONE = /xfer-two-inbound/;

test('has a row that says so while its outside party is there, and begins with its first talk', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files.keys()),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      async (name, where, isListed) => {
        const recording = await read(name);
        const from = 1 + Math.floor(where * (recording.facts.length - 1));
        const late = heardFrom(recording, from, { isListed });
        const rows = rowsOf(late, rules);
        const what = `${name} from ${from}${isListed ? ' after a list' : ''}`;
        for (const { segments, answered_at } of rows.filter(({ outcome }) => outcome === 'answered')) {
          assert.is(segments[0]?.from ?? null, answered_at, what);
        }
        for (const whole of rowsOf(recording, rules)) {
          const party = partyOf(whole);
          if (party === undefined || !late.open.has(party) || (!isListed && HAS_TWO_IN_ONE.test(name))) continue;
          const row = rows.find(({ legs }) => legs.some(({ uniqueid }) => uniqueid === party));
          assert.ok(row, `${what}: ${whole.ext_message_id} has no row`);
          assert.ok((row?.incomplete.length ?? 0) > 0, `${what}: ${whole.ext_message_id} is told as if it was heard`);
          if (row?.id === whole.id) compare(row, whole, what);
        }
      },
    ),
    { seed, numRuns: 1_000 },
  ));

test.run();

function read(name: string): Promise<Recording> {
  const known = recordings.get(name) ?? readRecording(files.get(name) ?? '');
  recordings.set(name, known);
  return known;
}

/** The outside party's channel. */
function partyOf({ legs, why }: CallEntry): string | undefined {
  return legs.find(({ channel }) => channel === why.trunk?.inputs.channel)?.uniqueid;
}

/** Of records whole seconds are known. */
const TOLERANCE = 1_600_000;

function compare(row: CallEntry, whole: CallEntry, what: string): void {
  for (const time of ['occurred_at', 'ended_at'] as const) {
    const [told, right] = [row[time], whole[time]].map((text) => (text === null ? null : fromRfc3339(text)));
    const isRight = told == null || (right != null && Math.abs(told - right) <= TOLERANCE);
    assert.ok(isRight, `${what}: ${time} is ${row[time]} instead of ${whole[time]}`);
  }
}
