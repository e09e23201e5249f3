import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { fold, onlyRow, type ScenarioChannel, ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a call whose end nobody heard');

const at = (seconds: number) => ((START + seconds) * 1_000_000) as Micros;

/** A session that was heard for the last time 20 s after the start. */
const lost: Connection = {
  pbx: 'pbx',
  session: 0,
  connectedAt: at(-60),
  disconnectedAt: at(25),
  lastHeardAt: at(20),
  pbxWentDown: false,
  reason: 'AMI_CONNECTION_LOST',
};
const again: Connection = {
  ...lost,
  session: 1,
  connectedAt: at(40),
  disconnectedAt: null,
  lastHeardAt: null,
  reason: null,
};

/** Answered after 5 s; 15 s later nothing more is heard. */
function talking(): { pbx: ScenarioPbx; caller: ScenarioChannel; phone: ScenarioChannel } {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.wait(5);
  pbx.connects(caller, phone);
  pbx.wait(10);
  pbx.say('Hold', pbx.viewOf(phone));
  return { pbx, caller, phone };
}

test('is in progress while the PBX is listened to', () => {
  const { pbx } = talking();
  const { entries, current, open } = fold(pbx, { connections: [{ ...lost, disconnectedAt: null }] });
  assert.equal([entries.length, current.length, current[0]?.state, open], [0, 1, 'talking', true]);
});

test('is still in progress when the connection is lost', () => {
  assert.ok(fold(talking().pbx, { connections: [lost] }).open);
});

test('ended when the connection broke, if the PBX went down', () => {
  const row = onlyRow(talking().pbx, { connections: [{ ...lost, pbxWentDown: true }] });
  assert.equal([row.ended_at, row.duration_seconds], [toRfc3339(at(20)), 15]);
  assert.equal(row.incomplete, ['end_not_heard', 'pbx_went_down']);
});

test('ended nobody knows when, if a list of channels long after the connection broke is without it', () => {
  const connections = [lost, { ...again, listedAt: at(41) }];
  const row = onlyRow(talking().pbx, { connections });
  assert.equal([row.ended_at, row.duration_seconds, row.incomplete], [null, null, ['end_not_heard']]);
  assert.equal([row.outcome, row.answered_at], ['answered', toRfc3339(at(5))]);
});

test('ended when the connection broke, if a list of channels at once afterwards is without it', () => {
  const connections = [lost, { ...again, connectedAt: at(20), listedAt: at(21) }];
  const row = onlyRow(talking().pbx, { connections });
  assert.equal([row.ended_at, row.duration_seconds], [toRfc3339(at(20)), 15]);
});

test('was there as long as it was heard, also when the server that took over did not know that yet', () => {
  const takenOver = { ...lost, lastHeardAt: at(8), reason: 'TAKEN_OVER' };
  const connections = [takenOver, { ...again, connectedAt: at(15), listedAt: at(16) }];
  const row = onlyRow(talking().pbx, { connections });
  assert.equal([row.ended_at, row.duration_seconds], [toRfc3339(at(15)), 10]);
});

test('ended before the list of a server that began later, though that one was written first', () => {
  const { pbx } = talking();
  pbx.facts.splice(0, pbx.facts.length, ...pbx.facts.map((fact) => ({ ...fact, session: 7, heardBefore: 5 })));
  const connections = [
    { ...lost, session: 7, heardBefore: 5 },
    { ...again, session: 5, connectedAt: at(20), listedAt: at(21) },
  ];
  const row = onlyRow(pbx, { connections });
  assert.equal([row.ended_at, row.duration_seconds], [toRfc3339(at(20)), 15]);
});

test('ended with the PBX that was started anew, at a time that is told only if it is known to the second', () => {
  const restarted = (restartedBy: Micros) => [lost, { ...again, restartedBy, listedAt: at(41) }];
  const row = onlyRow(talking().pbx, { connections: restarted(at(38)) });
  assert.equal([row.ended_at, row.incomplete], [null, ['end_not_heard', 'pbx_went_down']]);
  const known = onlyRow(talking().pbx, { connections: restarted(at(21)) });
  assert.equal([known.ended_at, known.duration_seconds], [toRfc3339(at(20)), 15]);
});

test('goes on if the later list has it, and is then said to have a gap', () => {
  const { pbx, caller, phone } = talking();
  pbx.wait(26);
  pbx.reconnects();
  for (const channel of [caller, phone]) pbx.say('ChannelSeen', pbx.viewOf(channel));
  const connections = [lost, { ...again, listedAt: at(41) }];
  assert.ok(fold(pbx, { connections }).open);
  pbx.wait(19);
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx, { connections });
  assert.equal([row.ended_at, row.duration_seconds, row.incomplete], [toRfc3339(at(60)), 55, ['gap']]);
});

test('ended nobody knows when if it is given up hours later, and lives again when a frame comes', () => {
  const { pbx, caller, phone } = talking();
  pbx.wait(4 * 3600);
  pbx.say('CallGivenUp', { Uniqueid: caller.uniqueid, Linkedid: caller.linkedid });
  const row = onlyRow(pbx);
  assert.equal([row.ended_at, row.duration_seconds, row.incomplete], [null, null, ['end_not_heard']]);
  pbx.say('Unhold', pbx.viewOf(phone));
  assert.ok(fold(pbx).open);
});

test('that was given up stays as it is, whatever becomes of the connection afterwards', () => {
  const { pbx, caller } = talking();
  pbx.wait(4 * 3600);
  pbx.say('CallGivenUp', { Uniqueid: caller.uniqueid, Linkedid: caller.linkedid });
  const before = onlyRow(pbx);
  assert.equal(onlyRow(pbx, { connections: [lost] }), before);
  assert.equal(onlyRow(pbx, { connections: [{ ...lost, pbxWentDown: true }, again] }), before);
});

test('that is given up in a later session has no gap in what was heard', () => {
  const { pbx, caller } = talking();
  pbx.wait(4 * 3600);
  pbx.reconnects();
  pbx.say('CallGivenUp', { Uniqueid: caller.uniqueid, Linkedid: caller.linkedid });
  const row = onlyRow(pbx, { connections: [lost, again] });
  assert.equal([row.ended_at, row.incomplete], [null, ['end_not_heard']]);
});

test('does not depend on the order in which its facts are given', () => {
  const { pbx, caller, phone } = talking();
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  pbx.facts.reverse();
  assert.equal(onlyRow(pbx), row);
});

test('and whose beginning nobody heard says so, and leaves out what was not seen', () => {
  const { pbx, caller, phone } = talking();
  pbx.facts.splice(0);
  pbx.wait(20);
  for (const channel of [caller, phone]) pbx.leaves(channel, 'bridge-1');
  for (const channel of [caller, phone]) pbx.hangsUp(channel);
  const row = onlyRow(pbx);
  assert.equal([row.direction, row.outcome, row.extensions], ['inbound', 'answered', ['101']]);
  assert.equal([row.answered_at, row.ring_seconds, row.duration_seconds, row.did], [null, null, null, null]);
  assert.equal([row.occurred_at, row.incomplete], [toRfc3339(at(0)), ['start_not_heard']]);
});

test.run();
