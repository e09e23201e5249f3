import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { compareCallIds } from '../../../src/domain/callId.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import type { Fact } from '../../../src/domain/facts/fact.ts';
import { factOf } from '../../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../../src/domain/readGroup.ts';
import { disagreementsOf } from '../../../src/domain/records/disagreements.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { recordEvents } from '../../support/recordRows.ts';
import { ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a Uniqueid that comes again in another life of the PBX');

const HOUR = 3600;
const at = (seconds: number) => ((START + seconds) * 1_000_000) as Micros;
const of = (session: number, connectedAt: Micros, offset: number): Connection => ({
  pbx: 'pbx',
  session,
  connectedAt,
  disconnectedAt: (connectedAt + 1_800_000_000) as Micros,
  lastHeardAt: null,
  pbxWentDown: false,
  reason: null,
  clock: [{ at: connectedAt, offset: offset * 1_000_000 }],
});
/** The second began an hour later, with a clock that was an hour behind. */
const LIVES = [of(0, at(-10), 0), of(5, at(HOUR - 10), -HOUR)];

test('names two calls, of which the first keeps the id', () => {
  const [first, second, ...others] = rowsOf(bothLives());
  assert.equal(others, []);
  assert.equal([first?.ext_message_id, second?.ext_message_id], [`${START}.11`, `${START}.11~5`]);
  assert.equal([first?.external_number_raw, second?.external_number_raw], ['6912345678', '6987654321']);
  assert.equal([first?.occurred_at, second?.occurred_at], [toRfc3339(at(0)), toRfc3339(at(HOUR))]);
  assert.equal([first?.duration_seconds, second?.duration_seconds], [20, 40]);
  assert.equal([first?.incomplete, second?.incomplete], [[], []]);
  assert.is.not(first?.id, second?.id);
});

test('names two calls also where the PBX gives their bridge the same id again', () => {
  const rows = rowsOf([...outbound('6912345678', 20), ...anHourLater(outbound('6987654321', 40))]);
  assert.equal(rows.map(whichAndHowLong), [
    [`${START}.11`, '6912345678', 20],
    [`${START}.11~5`, '6987654321', 40],
  ]);
});

test('names two calls also where not all channels of the second were heard to be opened', () => {
  const second = anHourLater(outbound('6987654321', 40)).filter(
    ({ type, channels }) => type !== 'ChannelOpened' || channels[0]?.uniqueid === `${START}.11`,
  );
  const rows = rowsOf([...outbound('6912345678', 20), ...second]);
  assert.equal(rows.map(whichAndHowLong), [
    [`${START}.11`, '6912345678', 20],
    [`${START}.11~5`, '6987654321', 40],
  ]);
  assert.equal(
    rows.map(({ incomplete }) => incomplete),
    [[], ['start_not_heard']],
  );
});

test('does not take what is given up in a later session for a channel of then', () => {
  const pbx = new ScenarioPbx();
  const trunk = pbx.comesIn('PJSIP/mytrunk', { number: '6912345678' });
  const [phone, unended] = [pbx.rings('101', trunk), pbx.rings('102', trunk)];
  const bridge = pbx.connects(trunk, phone);
  for (const channel of [trunk, phone]) pbx.leaves(channel, bridge);
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  const facts = [...pbx.facts, ...anHourLater(call('6987654321', 40).facts)];
  assert.is(rowsOf(facts).length, 1);
  pbx.say('CallGivenUp', { Uniqueid: unended.uniqueid, Linkedid: unended.linkedid });
  assert.is(rowsOf([...facts, ...anHourLater(pbx.facts.slice(-1))]).length, 2);
});

test('does so whatever the order in which the facts are given', () => {
  const facts = bothLives();
  assert.equal(rowsOf([...facts].reverse()), rowsOf(facts));
});

test('names one call where two processes heard the same at once', () => {
  const { facts } = call('6912345678', 20);
  const twice = [...facts, ...facts.map((fact) => ({ ...fact, session: 5 }))];
  assert.equal(
    rowsOf(twice).map(({ ext_message_id }) => ext_message_id),
    [`${START}.11`],
  );
});

test('has its call records with the call that they fit by time', () => {
  const facts = bothLives().filter(
    ({ type, session }) => session === 0 || !['CallHungUp', 'BridgeLeft'].includes(type),
  );
  const [first, second] = rowsOf([...facts, ...recordsOf(5 + 40)]);
  assert.equal([first?.ended_at, first?.incomplete], [toRfc3339(at(25)), []]);
  assert.equal([second?.ended_at, second?.duration_seconds], [toRfc3339(at(HOUR + 45)), 40]);
});

test('has no call record that fits neither of the calls, or both', () => {
  const facts = bothLives();
  assert.equal(rowsOf([...facts, ...recordsOf(900)]), rowsOf(facts));
  const unheardEnds = facts.filter(({ type }) => type !== 'CallHungUp' && type !== 'BridgeLeft');
  assert.equal(rowsOf([...unheardEnds, ...recordsOf(900)]), []);
});

test('is compared with the records of its own life, and a record that fits no call is listed with the first', () => {
  const facts = [...bothLives(), ...recordsOf(5 + 40), ...recordsOf(900)];
  const [first, second] = rowsOf(facts);
  const kindsOf = (row: CallEntry | undefined) =>
    row && disagreementsOf(row, facts, { connections: LIVES, rules: defaultRules('GR') }).map(({ kind }) => kind);
  assert.equal(kindsOf(first), ['not_recorded', 'fits_no_call']);
  assert.equal(kindsOf(second), []);
});

test('stands in the order of ids where its second says', () => {
  const ids = [`${START}.12`, `${START}.11~5`, `${START}.11`];
  assert.equal(ids.sort(compareCallIds), [`${START}.11`, `${START}.11~5`, `${START}.12`]);
});

test.run();

function bothLives(): Fact[] {
  const again = anHourLater(call('6987654321', 40).facts).map((fact) => {
    const bridges = fact.bridges.map((bridge) => ({ ...bridge, id: `${bridge.id} of another life` }));
    return { ...fact, bridges };
  });
  return [...call('6912345678', 20).facts, ...again];
}

function anHourLater(facts: readonly Fact[]): Fact[] {
  return facts.map((fact) => {
    const time = ((fact.receivedAt ?? 0) + HOUR * 1_000_000) as Micros;
    return { ...fact, session: 5, receivedAt: time, at: time };
  });
}

/** Answered after five seconds. */
function call(number: string, seconds: number): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const trunk = pbx.comesIn('PJSIP/mytrunk', { number });
  const phone = pbx.rings('101', trunk);
  pbx.wait(5);
  const bridge = pbx.connects(trunk, phone);
  pbx.wait(seconds);
  for (const channel of [trunk, phone]) pbx.leaves(channel, bridge);
  for (const channel of [trunk, phone]) pbx.hangsUp(channel);
  return pbx;
}

/** A phone inside calls, and is answered at once. */
function outbound(number: string, seconds: number): Fact[] {
  const pbx = new ScenarioPbx();
  const phone = pbx.phoneDials('101', number);
  const trunk = pbx.dialsOut('mytrunk', number, phone);
  const bridge = pbx.connects(phone, trunk);
  pbx.wait(seconds);
  for (const channel of [phone, trunk]) pbx.leaves(channel, bridge);
  for (const channel of [phone, trunk]) pbx.hangsUp(channel);
  return pbx.facts;
}

function recordsOf(duration: number): Fact[] {
  const columns = {
    calldate: toRfc3339(at(0)).slice(0, 19).replace('T', ' '),
    channel: 'PJSIP/mytrunk-0000000b',
    dstchannel: 'PJSIP/101-0000000c',
    dcontext: 'from-did-direct',
    src: '6987654321',
    lastapp: 'Dial',
    lastdata: 'PJSIP/101/sip:101@127.0.0.101:5060,,Hht',
    duration: `${duration}`,
    billsec: `${duration - 5}`,
    disposition: 'ANSWERED',
    uniqueid: `${START}.11`,
    linkedid: `${START}.11`,
  };
  return recordEvents([new Map(Object.entries(columns))]).map(factOf);
}

function rowsOf(facts: readonly Fact[]): CallEntry[] {
  return groupFacts(facts)
    .flatMap((group) => foldAndRead(group, { connections: LIVES, rules: defaultRules('GR') }).entries)
    .sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id));
}

function whichAndHowLong({ ext_message_id, external_number_raw, duration_seconds }: CallEntry) {
  return [ext_message_id, external_number_raw, duration_seconds];
}
