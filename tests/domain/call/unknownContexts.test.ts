import * as assert from 'uvu/assert';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { fold, onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what a channel leads to where no rule knows its context');

function kindsOf({ legs }: CallEntry): string[] {
  return legs.map(({ party, kind }) => `${party} ${kind}`);
}

/** Channels that met, and hang up. */
function ends(pbx: ScenarioPbx, ...channels: Parameters<ScenarioPbx['hangsUp']>[0][]): ScenarioPbx {
  pbx.wait(5);
  for (const channel of channels) pbx.hangsUp(channel);
  return pbx;
}

test('a phone that rang in vain is one because another phone of its context is known, before any far end is asked', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('SIP/gate', { context: 'gate_in' });
  const half = { one: 'Local/ID1@route-00000001;1', two: 'Local/ID1@route-00000001;2' };
  const one = pbx.localHalf(half.one, caller.linkedid);
  const two = pbx.localHalf(half.two, caller.linkedid);
  pbx.says('LocalBridge', [
    ['LocalOne', one],
    ['LocalTwo', two],
  ]);
  const known = pbx.called('SIP/acc1', caller, { context: 'accounts', number: 'acc1' }, 'acc1');
  const other = pbx.called('SIP/acc2', two, { context: 'accounts', number: '6912345678' }, 'x');
  pbx.connects(caller, known);
  const row = onlyRow(ends(pbx, other, one, two, known, caller));
  assert.equal(kindsOf(row).slice(-2), ['acc1 extension', 'acc2 extension']);
  assert.equal([row.trunk, row.extensions], ['gate', ['acc1']]);
});

test('where the known ones of a context disagree, it tells nothing', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('SIP/alice', { context: 'default', number: 'alice', exten: '6945556678' });
  const gate = pbx.called('SIP/gate', caller, { context: 'default', number: '6945556678' }, '6945556678@gate');
  const helper = pbx.called('SIP/helper', caller, { context: 'default', number: '6945556678' }, 'x');
  pbx.connects(caller, gate);
  const row = onlyRow(ends(pbx, helper, gate, caller));
  assert.equal(kindsOf(row).slice(0, 2), ['alice extension', 'gate trunk']);
  assert.not.match(String(row.why.legs?.inputs.rules), 'neighbour_in_context');
});

test('a provider in the context of the phones stays one: its caller is no neighbour of theirs', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/gate', { context: 'default' });
  const phone = pbx.called('PJSIP/101', caller, { context: 'default', number: '101' }, '101/sip:101@10.0.0.5');
  pbx.connects(caller, phone);
  const row = onlyRow(ends(pbx, phone, caller));
  assert.equal([row.direction, row.trunk, row.extensions], ['inbound', 'gate', ['101']]);
});

test('a caller and a called whose numbers are extensions are phones; a short number outside is no phone', () => {
  const inside = new ScenarioPbx();
  const anna = inside.comesIn('PJSIP/anna', { context: 'phones', number: '201', exten: '202' });
  const bob = inside.called('PJSIP/bob', anna, { context: 'desks', number: '202' }, 'x');
  inside.connects(anna, bob);
  assert.equal(fold(ends(inside, bob, anna)).entries, []);

  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/anna', { context: 'phones', number: '201', exten: '112' });
  const gate = pbx.called('PJSIP/gate', caller, { context: 'gate_in', number: '112' }, '112@gate');
  pbx.connects(caller, gate);
  assert.is(fold(ends(pbx, gate, caller)).entries.length, 1);
});

test('through what a number is sent is a trunk, also where a phone with another number’s name was called first', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.comesIn('SIP/cc800', { state: 0, context: 'accounts', exten: 's', number: '6945556678' });
  pbx.say('DialBegin', { DestUniqueid: phone.uniqueid, DestChannel: phone.name, DialString: 'cc800' });
  pbx.answers(phone);
  const gate = pbx.called('SIP/gate', phone, { context: 'gate_in', number: '6945556678' }, '6945556678@gate');
  pbx.connects(phone, gate);
  const row = onlyRow(ends(pbx, gate, phone));
  assert.equal([row.direction, row.trunk, row.extensions], ['outbound', 'gate', ['cc800']]);
  assert.is(row.external_number, '+306945556678');
});

test('a row says which of its channels no rule told, in which contexts; one whose contexts are known says nothing of it', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/gate', { context: 'gate_in' });
  const phone = pbx.called('PJSIP/101', caller, { context: 'desks', number: '101' }, '101');
  pbx.connects(caller, phone);
  ends(pbx, phone, caller);
  const { legs } = onlyRow(pbx).why;
  assert.is(legs?.rule, 'guessed');
  assert.equal(legs?.inputs.contexts, ['gate_in', 'desks']);
  assert.equal(legs?.inputs.rules, ['far_end', 'caller_number_is_endpoint']);
  const rules = { trunk_contexts: ['gate_*'], internal_contexts: ['desks'] };
  assert.is(onlyRow(pbx, { rules }).why.legs, undefined);
});

test('an endpoint that leads to phones and provider alike is told by the number of each of its channels', () => {
  const calls = (from: string, exten: string, to: string) => {
    const pbx = new ScenarioPbx();
    const caller = pbx.comesIn('PJSIP/proxy', { context: 'from-proxy', number: from, exten });
    const called = pbx.called('PJSIP/proxy', caller, { context: 'from-proxy', number: to }, `${to}@proxy`);
    pbx.connects(caller, called);
    return ends(pbx, called, caller);
  };
  const inbound = onlyRow(calls('6912345678', '2101234567', '101'));
  assert.equal([inbound.direction, inbound.external_number], ['inbound', '+306912345678']);
  const outbound = onlyRow(calls('101', '6945556678', '6945556678'));
  assert.equal([outbound.direction, outbound.external_number], ['outbound', '+306945556678']);
  assert.equal(fold(calls('101', '102', '102')).entries, []);
  const forwarded = onlyRow(calls('6912345678', '2101234567', '6945556678'));
  assert.equal([forwarded.direction, forwarded.segments[0]?.party], ['inbound', 'external:6945556678']);
});

test('a rule that names such an endpoint tells it of a call in which it stands alone, and is no guess', () => {
  const pbx = new ScenarioPbx();
  const phone = pbx.comesIn('PJSIP/proxy', { context: 'from-proxy', number: '101', exten: '6945556678' });
  const gate = pbx.called('DAHDI/i1/6945556678', phone, { context: 'from-digital' }, 'g0/6945556678');
  pbx.connects(phone, gate);
  ends(pbx, gate, phone);
  const row = onlyRow(pbx, { rules: { shared_endpoints: ['proxy'], trunk_contexts: ['from-digital', 'from-proxy'] } });
  assert.equal([row.direction, row.trunk], ['outbound', 'i1']);
  assert.is(row.why.legs, undefined);
});

test('a channel that neither called nor was called nor met anybody is no call', () => {
  for (const name of ['DAHDI/pseudo', 'Console/dsp', 'OutgoingSpoolFailed', 'PJSIP/never-used']) {
    const pbx = new ScenarioPbx();
    const channel = pbx.comesIn(name, { state: 0, context: 'callout', exten: 'failed', number: '2101234567' });
    const { entries, current, open } = fold(ends(pbx, channel));
    assert.equal([entries, current, open], [[], [], false], name);
  }
});

test.run();
