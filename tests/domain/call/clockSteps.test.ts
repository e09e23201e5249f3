// The PBX's clock is set while a call lasts, and nobody compares it: recordings whose Timestamps are shifted from a frame on.
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type Recording, readRecording, rowsOf } from '../../../src/cli/text/recordedCalls.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import type { Fact } from '../../../src/domain/facts/fact.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { recordingFiles } from '../../support/recordings.ts';
import { onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a PBX whose clock is set in the midst of a call', { deadlineMs: 60_000 });
const rules = defaultRules('GR');

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

/** Of calls that were heard whole: what was missed comes from records, whose times are not shifted here. */
const files = recordingFiles().filter(({ name, isTimed }) => isTimed && /timestamps\/(?!mid-|restart-)/.test(name));
const recordings = new Map<string, Promise<Recording>>();

test('is told by the times at which its events are read, or what it makes unsure is empty, with the reason', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(-1, -20, -3600, 20, 3600),
      async ({ name, path }, where, seconds) => {
        const known = recordings.get(name) ?? readRecording(path);
        recordings.set(name, known);
        const { facts, connection } = await known;
        const from = Math.floor(where * facts.length);
        const rows = rowsOf(
          { facts: facts.map((fact, at) => (at < from ? fact : set(fact, seconds))), connection },
          rules,
        );
        const whole = rowsOf({ facts, connection }, rules);
        assert.equal(rows.map(withoutTimes), whole.map(withoutTimes));
        for (const [at, row] of rows.entries()) compare(row, whole[at], `${name} ${seconds} s from ${from}`);
      },
    ),
    { seed, numRuns: 400, includeErrorInReport: true },
  ));

for (const seconds of [-2, -20, -3600]) {
  test(`has no length where nothing tells when its events were read (by ${seconds} s)`, () => {
    const row = onlyRow(called(seconds, { isRead: false }));
    assert.equal([row.outcome, row.extensions, row.ring_seconds], ['answered', ['101'], 3]);
    assert.equal([row.ended_at, row.duration_seconds, row.incomplete], [null, null, ['clock_set']]);
    for (const column of ['ended_at', 'duration_seconds']) assert.is(row.why[column]?.rule, 'clock_was_set', column);
  });

  test(`has the length that it had where the reading tells it (by ${seconds} s)`, () => {
    const row = onlyRow(called(seconds));
    assert.equal([row.ring_seconds, row.duration_seconds, row.incomplete], [3, 1, []]);
  });
}

test('is not what a reading shows that comes late and is caught up with', () => {
  const pbx = new ScenarioPbx();
  pbx.tellsTime = true;
  const trunk = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', trunk);
  pbx.wait(3);
  const from = pbx.facts.length;
  const bridge = pbx.connects(trunk, phone);
  const until = pbx.facts.length;
  pbx.wait(10);
  for (const channel of [trunk, phone]) pbx.leaves(channel, bridge);
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  const late = pbx.facts.map((fact, at) => (at < from || at >= until ? fact : readLater(fact, 8)));
  pbx.facts.splice(0, pbx.facts.length, ...late);
  const row = onlyRow(pbx);
  assert.equal([row.ring_seconds, row.duration_seconds, row.incomplete], [3, 10, []]);
});

for (const tellsTime of [true, false]) {
  test(`opens channels whose ids seem older, and is one call in the order in which it was heard (${tellsTime ? 'with' : 'without'} the time in its events)`, () => {
    const pbx = new ScenarioPbx();
    pbx.tellsTime = tellsTime;
    const trunk = pbx.comesIn('PJSIP/mytrunk');
    pbx.answers(trunk);
    pbx.wait(2);
    pbx.clockOffset = -3600;
    const phone = pbx.rings('101', trunk);
    pbx.wait(3);
    pbx.hangsUp(phone);
    const mobile = pbx.dialsOut('mytrunk', '6977123456', trunk);
    pbx.connects(trunk, mobile);
    pbx.wait(4);
    for (const channel of [trunk, mobile]) pbx.hangsUp(channel);
    const row = onlyRow(pbx);
    assert.equal([row.ext_message_id, row.direction, row.rang], [trunk.uniqueid, 'inbound', ['101']]);
    assert.equal([row.segments[0]?.party, row.ring_seconds, row.duration_seconds], ['external:6977123456', 5, 4]);
    assert.equal(
      row.legs.map(({ uniqueid }) => uniqueid),
      [trunk, phone, mobile].map(({ uniqueid }) => uniqueid),
    );
  });
}

test.run();

/** Rings for 3 s; the clock is set; a second later the caller is gone. */
function called(seconds: number, { isRead = true } = {}): ScenarioPbx {
  const pbx = new ScenarioPbx();
  pbx.tellsTime = true;
  const trunk = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', trunk);
  pbx.wait(3);
  pbx.connects(trunk, phone);
  pbx.wait(1);
  pbx.clockOffset = seconds;
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  if (!isRead) pbx.facts.splice(0, pbx.facts.length, ...pbx.facts.map((fact) => ({ ...fact, receivedAt: null })));
  return pbx;
}

function readLater(fact: Fact, seconds: number): Fact {
  return { ...fact, receivedAt: ((fact.receivedAt ?? 0) + seconds * 1_000_000) as Micros };
}

function set(fact: Fact, seconds: number): Fact {
  if (fact.timestamp === null) return fact;
  const timestamp = (fact.timestamp + seconds * 1_000_000) as Micros;
  return { ...fact, timestamp, at: timestamp };
}

function withoutTimes({
  ext_message_id,
  direction,
  outcome,
  external_number,
  did,
  dialled,
  trunk,
  extensions,
  rang,
}: CallEntry) {
  return { ext_message_id, direction, outcome, external_number, did, dialled, trunk, extensions, rang };
}

function compare(row: CallEntry, whole: CallEntry | undefined, what: string): void {
  for (const column of ['ring_seconds', 'duration_seconds'] as const) {
    const [told, right] = [row[column], whole?.[column] ?? null];
    if (told === null && right !== null) {
      assert.ok(row.incomplete.includes('clock_set'), `${what}: ${column} is empty without a reason`);
      assert.is(row.why[column]?.rule, 'clock_was_set', what);
    } else {
      assert.ok(Math.abs((told ?? 0) - (right ?? 0)) <= 1, `${what}: ${column} is ${told} instead of ${right}`);
    }
  }
}
