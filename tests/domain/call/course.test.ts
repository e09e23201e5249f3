import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../../src/cli/text/recordedCalls.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { fromRfc3339 } from '../../../src/domain/time.ts';
import { callRecords } from '../../support/callRecords.ts';
import { heardFrom } from '../../support/connectingLate.ts';
import { recordingFile, recordingFiles } from '../../support/recordings.ts';
import { rowsOfRecords } from '../../support/recordRows.ts';
import { onlyRow, type ScenarioChannel, ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the course of a call as the outside party had it');
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

/** Such as `talk 101 5–15`, in seconds since the begin of the scenario. */
function told({ course }: CallEntry): readonly string[] {
  return (course ?? []).map(({ what, with: other, from, to }) => {
    return `${what}${other === null ? '' : ` ${other}`} ${since(from)}–${since(to)}`;
  });
}

function since(time: string | null): string {
  return time === null ? '?' : String(Math.round((Date.parse(time) / 1000 - START) * 10) / 10);
}

async function recorded(name: string): Promise<readonly string[]> {
  const [row] = rowsOf(await readRecording(recordingFile(`${name}/ami.txt.gz`).path), defaultRules('GR'));
  return (row?.course ?? []).map(({ what, with: other }) => (other === null ? what : `${what} ${other}`));
}

test('tells what the phones of the recordings did, and no music for a talk', async () => {
  for (const [name, course] of [
    ['asterisk-22/in-queue-103', ['queue 400', 'talk 103']],
    ['asterisk-22/in-ivr-101', ['menu ivr-1', 'ringing', 'talk 101']],
    ['asterisk-22/in-ivr-hangup', ['menu ivr-1']],
    ['asterisk-22/in-announcement-only', ['announcement app-announcement-1']],
    ['asterisk-22/in-noanswer-voicemail', ['ringing', 'voicemail 101']],
    ['freepbx/in-ivr-busy-voicemail', ['menu ivr-1', 'voicemail 102']],
    ['freepbx/in-queue-voicemail', ['queue 404', 'voicemail 103']],
    ['asterisk-22/in-hold-resume', ['ringing', 'talk 101', 'hold 101', 'talk 101']],
    ['asterisk-22/in-park-retrieve', ['ringing', 'talk 101', 'parked', 'talk 102']],
    ['freepbx/park-from-queue', ['queue 400', 'talk 103', 'parked', 'talk 104']],
    ['asterisk-22/xfer-attended-sip', ['ringing', 'talk 101', 'hold 101', 'talk 103']],
    ['asterisk-22/xfer-blind-sip', ['ringing', 'talk 101', 'ringing', 'talk 102']],
    ['freepbx/xfer-blonde', ['ringing', 'talk 101', 'hold 101', 'ringing', 'talk 103']],
    ['freepbx/xfer-caller-leaves-threeway', ['ringing', 'talk 101', 'hold 101']],
    ['freepbx/xfer-two-inbound', ['ringing', 'talk 101', 'hold 101', 'talk']],
    ['asterisk-22/conference-ext-and-two', ['in_pbx', 'conference', 'talk 101']],
    ['asterisk-22/out-failover', ['ringing', 'talk 101']],
  ] as const) {
    assert.equal(await recorded(name), course, name);
  }
});

test('has no stretch over another, lies within the call, and its talks and holds are the length of the call', async () => {
  for (const { name, path } of recordingFiles()) {
    for (const row of rowsOf(await readRecording(path), defaultRules('GR'))) sound(row, name);
  }
  for (const row of rowsOfRecords(callRecords())) sound(row, row.ext_message_id);
});

test('is as sound of calls that somebody came to in the middle of', async () => {
  const files = recordingFiles().filter(({ isTimed }) => isTimed);
  const property = fc.asyncProperty(
    fc.constantFrom(...files),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.boolean(),
    async ({ name, path }, where, isListed) => {
      const recording = await readRecording(path);
      const from = 1 + Math.floor(where * (recording.facts.length - 1));
      for (const row of rowsOf(heardFrom(recording, from, { isListed }), defaultRules('GR')))
        sound(row, `${name} from ${from}${isListed ? ' after a list' : ''}`);
    },
  );
  await fc.assert(property, { seed, numRuns: 200 });
});

test('says of a menu before a queue only what was seen: when the caller came to the queue is not', () => {
  const pbx = new ScenarioPbx();
  const caller = inMenu(pbx);
  pbx.wait(10);
  pbx.goesTo(caller, 'ext-queues', '400');
  pbx.wait(50);
  const phone = pbx.rings('101', caller);
  pbx.wait(5);
  talksAndHangsUp(pbx, caller, phone);
  assert.equal(told(onlyRow(pbx)), ['in_pbx 0–60', 'queue 400 60–65', 'talk 101 65–75']);
});

test('and all of it where the account may hear of queues', () => {
  const pbx = new ScenarioPbx();
  const caller = inMenu(pbx);
  pbx.wait(10);
  pbx.goesTo(caller, 'ext-queues', '400');
  pbx.says('QueueCallerJoin', [['', caller]], { Queue: '400' });
  pbx.wait(50);
  const phone = pbx.rings('101', caller);
  pbx.wait(5);
  pbx.says('QueueCallerLeave', [['', caller]], { Queue: '400' });
  talksAndHangsUp(pbx, caller, phone);
  assert.equal(told(onlyRow(pbx)), ['menu ivr-7 0–10', 'queue 400 10–65', 'talk 101 65–75']);
});

test('is back in the queue after it has left it, when it comes there again, and not while nothing says so', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.goesTo(caller, 'ext-queues', '400');
  pbx.answers(caller);
  pbx.wait(5);
  const first = pbx.rings('101', caller);
  const bridge = pbx.connects(caller, first);
  pbx.wait(5);
  for (const channel of [first, caller]) pbx.leaves(channel, bridge);
  pbx.hangsUp(first);
  pbx.wait(20);
  pbx.hangsUp(caller);
  assert.equal(told(onlyRow(pbx)), ['queue 400 0–5', 'talk 101 5–10', 'in_pbx 10–30']);
});

test('is on hold while the phone holds, but not where somebody else goes on speaking', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const [one, other] = [pbx.rings('101', caller), pbx.rings('102', caller)];
  pbx.wait(5);
  const bridge = pbx.connects(caller, one);
  pbx.wait(5);
  pbx.says('Hold', [['', one]]);
  pbx.wait(5);
  pbx.answers(other);
  pbx.enters(other, bridge);
  pbx.wait(5);
  for (const channel of [one, other, caller]) pbx.leaves(channel, bridge);
  for (const channel of [one, other, caller]) pbx.hangsUp(channel);
  assert.equal(told(onlyRow(pbx)), ['ringing 0–5', 'talk 101 5–10', 'hold 101 10–15', 'talk 102 15–20']);
});

test('is with a machine, and not in a talk, while that speaks', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.answers(caller);
  const machine = pbx.comesIn('AudioSocket/127.0.0.1:8090-3f1c6a80', { state: 0, context: 'default', exten: 's' });
  const bridge = pbx.bridge();
  for (const channel of [caller, machine]) pbx.enters(channel, bridge, 'stasis');
  pbx.wait(30);
  for (const channel of [caller, machine]) pbx.leaves(channel, bridge, 'stasis');
  pbx.hangsUp(machine);
  pbx.hangsUp(caller);
  const [only, ...others] = told(onlyRow(pbx));
  assert.match(only ?? '', /^machine 127\.0\.0\.1:8090.* 0–30$/);
  assert.equal(others, []);
});

test('begins where it was first heard of, and says not when a talk began that nobody heard begin', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const bridge = pbx.connects(caller, phone);
  pbx.facts.length = 0;
  pbx.wait(20);
  for (const channel of [phone, caller]) pbx.leaves(channel, bridge);
  for (const channel of [phone, caller]) pbx.hangsUp(channel);
  assert.equal(told(onlyRow(pbx)), ['talk 101 ?–20']);
});

test('knows menus and announcements by contexts that the rules can name', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  for (const context of ['welcome', 'choose']) {
    pbx.goesTo(caller, context, 's');
    pbx.answers(caller);
    pbx.wait(10);
  }
  pbx.hangsUp(caller);
  assert.equal(told(onlyRow(pbx)), ['in_pbx 0–20']);
  const rules = { menu_contexts: ['choose'], announcement_contexts: ['wel*'] };
  assert.equal(told(onlyRow(pbx, { rules })), ['announcement welcome 0–10', 'menu choose 10–20']);
});

function inMenu(pbx: ScenarioPbx): ScenarioChannel {
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.goesTo(caller, 'ivr-7', 's');
  pbx.answers(caller);
  return caller;
}

function talksAndHangsUp(pbx: ScenarioPbx, caller: ScenarioChannel, phone: ScenarioChannel): void {
  const bridge = pbx.connects(caller, phone);
  pbx.wait(10);
  for (const channel of [phone, caller]) pbx.leaves(channel, bridge);
  for (const channel of [phone, caller]) pbx.hangsUp(channel);
}

/** Rows have whole seconds, records cut theirs. */
const TOLERANCE = 1.05;
const TOLERANCE_OF_RECORDS = 2.5;

/** What must hold of any row: what lies between two talks (parked, rung for another phone) is part of its length as well. */
function sound(row: CallEntry, name: string): void {
  const course = row.course ?? [];
  const seconds = (time: string | null) => (time === null ? null : (fromRfc3339(time) ?? 0) / 1_000_000);
  let until = seconds(row.occurred_at) ?? 0;
  for (const { what, from, to } of course) {
    const [begin, end] = [seconds(from), seconds(to)];
    assert.ok(begin === null || begin >= until, `${name}: ${what} begins at ${from}, over what is before it`);
    assert.ok(begin === null || end === null || end > begin, `${name}: ${what} has no length`);
    until = end ?? begin ?? until;
  }
  const ended = seconds(row.ended_at);
  assert.ok(ended === null || until <= ended, `${name}: its last stretch ends after it`);
  const spoke = course.filter(({ what }) => what === 'talk' || what === 'hold');
  // of a talk that begins and ends in one second records tell no length
  const isUncut = row.source !== 'cdr' || spoke.length > 0;
  if (isUncut) assert.is(spoke.length > 0, row.outcome === 'answered', `${name}: who answered spoke`);
  const [begin, end] = [seconds(spoke[0]?.from ?? null), seconds(spoke.at(-1)?.to ?? null)];
  if (row.duration_seconds === null || begin === null || end === null) return;
  const tolerance = row.source === 'cdr' || row.incomplete.length > 0 ? TOLERANCE_OF_RECORDS : TOLERANCE;
  assert.ok(Math.abs(end - begin - row.duration_seconds) <= tolerance, `${name}: ${end - begin} seconds of talk`);
}

test.run();
