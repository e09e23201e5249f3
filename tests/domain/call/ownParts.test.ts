// A row is born when its own part is over, and what is over once stays what it was.
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { fold, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the own part of a call', { deadlineMs: 60_000 });

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

/** An agent who waits in a room of his own until he logs off. */
function logsIn(pbx: ScenarioPbx): ScenarioChannel {
  const agent = pbx.phoneDials('101', '*45');
  pbx.answers(agent);
  pbx.enters(agent, 'waiting', 'agent_hold', 'holding_bridge');
  return agent;
}

function serves(pbx: ScenarioPbx, agent: ScenarioChannel, number: string): ScenarioChannel {
  const caller = pbx.comesIn('PJSIP/mytrunk', { number });
  pbx.answers(caller);
  pbx.wait(5);
  pbx.leaves(agent, 'waiting', 'agent_hold', 'holding_bridge');
  const talk = pbx.connects(caller, agent);
  pbx.wait(30);
  pbx.leaves(caller, talk);
  pbx.asksToHangUp(caller);
  pbx.hangsUp(caller);
  pbx.leaves(agent, talk);
  pbx.enters(agent, 'waiting', 'agent_hold', 'holding_bridge');
  return caller;
}

test('is over while the agent who served it stays logged in, and is not the next one’s', () => {
  const pbx = new ScenarioPbx();
  const agent = logsIn(pbx);
  pbx.wait(60);
  const callers = ['6900000001', '6900000002'].map((number) => {
    const caller = serves(pbx, agent, number);
    pbx.wait(300);
    return caller;
  });
  const { entries, open } = fold(pbx);
  assert.ok(open);
  assert.equal(
    entries.map((row) => [row.ext_message_id, row.external_number_raw, row.duration_seconds, row.incomplete]),
    callers.map(({ uniqueid, number }) => [uniqueid, number, 30, []]),
  );
});

test('of one that has waited longer than the agent is logged in is its own too', () => {
  const pbx = new ScenarioPbx();
  const waiting = pbx.comesIn('PJSIP/mytrunk', { number: '6900000009' });
  pbx.answers(waiting);
  const agent = logsIn(pbx);
  const first = serves(pbx, agent, '6900000001');
  pbx.leaves(agent, 'waiting', 'agent_hold', 'holding_bridge');
  pbx.connects(waiting, agent);
  pbx.wait(10);
  assert.equal(ids(fold(pbx).entries), [first.uniqueid]);
  assert.equal(
    fold(pbx).current.map((one) => one.ext_message_id),
    [waiting.uniqueid],
  );
  pbx.hangsUp(waiting);
  assert.equal(ids(fold(pbx).entries), [waiting.uniqueid, first.uniqueid]);
});

test('is over while phones talk on, whose next call is another one', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const talk = pbx.connects(caller, phone);
  const colleague = pbx.phoneDials('102', '101');
  pbx.enters(colleague, talk);
  pbx.wait(20);
  pbx.leaves(caller, talk);
  pbx.hangsUp(caller);
  const [row] = fold(pbx).entries;
  assert.equal([row?.ext_message_id, row?.duration_seconds, row?.incomplete], [caller.uniqueid, 20, []]);
  pbx.wait(10);
  const trunk = pbx.dialsOut('mytrunk', '6945556677', phone);
  pbx.connects(phone, trunk);
  pbx.wait(5);
  for (const channel of [trunk, phone, colleague]) pbx.hangsUp(channel);
  assert.equal(
    fold(pbx).entries.map((one) => [one.ext_message_id, one.direction, one.external_number, one.duration_seconds]),
    [
      [caller.uniqueid, 'inbound', '+306912345678', 20],
      [trunk.uniqueid, 'outbound', '+306945556677', 5],
    ],
  );
});

test('of what a phone dials when its call is over is one call, also in vain and through a second trunk', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  const talk = pbx.connects(caller, phone);
  pbx.wait(20);
  for (const channel of [caller, phone]) pbx.leaves(channel, talk);
  pbx.hangsUp(caller);
  const dials = (trunk: string, number: string, cause: number) => {
    const channel = pbx.dialsOut(trunk, number, phone);
    pbx.wait(2);
    pbx.hangsUp(channel, cause);
    return channel;
  };
  const first = dials('busytrunk', '6945556677', 34);
  assert.equal(ids(fold(pbx).entries), [caller.uniqueid]);
  assert.equal(
    fold(pbx).current.map((one) => one.ext_message_id),
    [first.uniqueid],
  );
  dials('mytrunk', '6945556677', 17);
  pbx.hangsUp(phone);
  assert.equal(
    fold(pbx).entries.map((row) => [row.ext_message_id, row.direction, row.outcome, row.trunk, row.external_number]),
    [
      [caller.uniqueid, 'inbound', 'answered', 'mytrunk', '+306912345678'],
      [first.uniqueid, 'outbound', 'busy', 'mytrunk', '+306945556677'],
    ],
  );
});

test('does not begin with what the caller’s own dialplan still dials when the caller has gone', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const halves = [1, 2].map((half) => pbx.localHalf(`Local/105@from-queue-00000001;${half}`, caller.linkedid));
  pbx.hangsUp(caller);
  const [, dialling = caller] = halves;
  pbx.hangsUp(pbx.dialsOut('mytrunk', '6977123456', dialling));
  for (const half of halves) pbx.hangsUp(half);
  assert.equal(ids(fold(pbx).entries), [caller.uniqueid]);
});

test('is not over while a phone still rings for it, nor between two trunks of which the first is busy', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const phone = pbx.rings('101', caller);
  pbx.hangsUp(caller);
  assert.is(fold(pbx).entries.length, 0);
  pbx.hangsUp(phone);
  assert.is(fold(pbx).entries.length, 1);

  const out = new ScenarioPbx();
  const dialler = out.phoneDials('101', '6945556677');
  out.hangsUp(out.dialsOut('busytrunk', '6945556677', dialler), 17);
  assert.is(fold(out).entries.length, 0);
  const second = out.dialsOut('mytrunk', '6945556677', dialler);
  out.connects(dialler, second);
  out.hangsUp(second);
  assert.equal(ids(fold(out).entries), [dialler.uniqueid]);
  out.wait(3);
  out.hangsUp(dialler);
  assert.equal(ids(fold(out).entries), [dialler.uniqueid]);
});

/** What can happen next; numbers choose among the channels that are there. */
const aStep = fc.record({
  what: fc.constantFrom('comesIn', 'dialsOut', 'phone', 'rings', 'connects', 'leaves', 'hangsUp', 'hangsUp'),
  one: fc.nat(),
  other: fc.nat(),
});

test('names one call for ever once it is over, whatever happens then', () => {
  fc.assert(
    fc.property(fc.array(aStep, { minLength: 5, maxLength: 30 }), (steps) => {
      const history = new History();
      const born = new Map<string, string>();
      for (const step of steps) {
        history.go(step);
        const { entries, current, formerIds } = fold(history.pbx);
        assert.is(
          new Set([...ids(entries), ...current.map((one) => one.ext_message_id)]).size,
          entries.length + current.length,
        );
        const rows = new Map(entries.map((row) => [row.ext_message_id, whose(row)]));
        for (const [id, was] of born) assert.is(rows.get(id), was, `${id} is another call`);
        for (const [id, was] of rows) born.set(id, was);
        for (const [id, former] of formerIds)
          assert.ok(former.every((one) => one === id || !born.has(one) || rows.has(one)));
      }
    }),
    { seed, numRuns: 100 },
  );
});

test.run();

function ids(rows: readonly CallEntry[]): string[] {
  return rows.map((row) => row.ext_message_id);
}

/** Of a call that is over; who was at the other end is told by its trunk. */
function whose({
  direction,
  external_number_raw,
  occurred_at,
  ended_at,
  outcome,
  duration_seconds,
}: CallEntry): string {
  return JSON.stringify({ direction, external_number_raw, occurred_at, ended_at, outcome, duration_seconds });
}

class History {
  readonly pbx = new ScenarioPbx();
  readonly #open: ScenarioChannel[] = [];
  readonly #bridges = new Map<ScenarioChannel, string>();
  #numbers = 6_900_000_000;

  go({ what, one, other }: { what: string; one: number; other: number }): void {
    const { pbx } = this;
    pbx.wait(1);
    this.#numbers += 1;
    const number = `${this.#numbers}`;
    const [a, b] = [this.#open[one % this.#open.length], this.#open[other % this.#open.length]];
    if (what === 'comesIn') this.#open.push(pbx.comesIn('PJSIP/mytrunk', { number }));
    else if (what === 'phone') this.#open.push(pbx.phoneDials(`10${one % 5}`, '6945556677'));
    else if (!a) return;
    else if (what === 'dialsOut') this.#open.push(pbx.dialsOut('mytrunk', number, a));
    else if (what === 'rings') this.#open.push(pbx.rings(`10${other % 5}`, a));
    else if (what === 'leaves') this.#leave(a);
    else if (what === 'hangsUp') this.#hangUp(a);
    else if (b && a !== b) this.#connect(a, b);
  }

  #connect(a: ScenarioChannel, b: ScenarioChannel): void {
    for (const channel of [a, b]) this.#leave(channel);
    const bridge = this.pbx.connects(a, b);
    for (const channel of [a, b]) this.#bridges.set(channel, bridge);
  }

  #leave(channel: ScenarioChannel): void {
    const bridge = this.#bridges.get(channel);
    if (bridge === undefined) return;
    this.#bridges.delete(channel);
    this.pbx.leaves(channel, bridge);
  }

  #hangUp(channel: ScenarioChannel): void {
    this.#leave(channel);
    this.pbx.hangsUp(channel);
    this.#open.splice(this.#open.indexOf(channel), 1);
  }
}
