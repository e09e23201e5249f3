import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { CurrentCall } from '../../src/domain/entry.ts';
import { createCurrentCalls } from '../../src/http/live/currentCalls.ts';
import type { ListedCurrentCall } from '../../src/ports/readModel.ts';
import { suite } from '../support/suite.ts';
import { ANNA_SEES } from './support/viewers.ts';

const test = suite('calls in progress, told to a reader');

const PART = 65_536;
const ENVELOPE = 200;

function call(n: number, state: CurrentCall['state'], name: string): ListedCurrentCall {
  return {
    ...{ id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, pbx: 'pbx', ext_message_id: `1.${n}`, state },
    ...{ direction: 'inbound', external_number: null, external_number_raw: null, external_name: name, did: null },
    ...{ dialled: null, trunk: 'provider', extensions: [], rang: [], occurred_at: null, answered_at: null },
    ...{ customer_id: null, customer: null, cut: [], phones: [] },
    match: { status: 'unmatched', rule: 'nobody_holds_it', number: null, candidates: [] },
  };
}

/** As the read model tells it: of those that are marked as before nothing is read. */
function update(current: ReturnType<typeof createCurrentCalls>, calls: readonly ListedCurrentCall[]): void {
  const known = current.marks();
  const marks = new Map(calls.map((one) => [one.id, JSON.stringify(one)]));
  current.update({ marks, changed: calls.filter(({ id }) => known.get(id) !== marks.get(id)) });
}

type Shown = Omit<ListedCurrentCall, 'phones'>;

type Told = {
  readonly whole: boolean;
  readonly part: number;
  readonly of: number;
  readonly calls: readonly Shown[];
  readonly ended: readonly string[];
};

function eventsIn(portions: readonly Buffer[]): Told[] {
  const events = Buffer.concat(portions).toString().split('\n\n').slice(0, -1);
  return events.map((event) => JSON.parse(/^event: current\ndata: (.*)$/.exec(event)?.[1] ?? ''));
}

/** What a reader knows after these events. */
function after(known: ReadonlyMap<string, Shown>, events: readonly Told[]) {
  const now = new Map(events[0]?.whole ? [] : known);
  for (const { calls, ended } of events) {
    for (const one of calls) now.set(one.id, one);
    for (const id of ended) now.delete(id);
  }
  return now;
}

const moments = fc.array(
  fc.uniqueArray(
    fc.record({
      n: fc.nat(400),
      state: fc.constantFrom<CurrentCall['state'][]>('ringing', 'talking', 'in_pbx'),
      length: fc.constantFrom(5, 1_000, 70_000),
    }),
    { selector: ({ n }) => n, maxLength: 300 },
  ),
  { minLength: 1, maxLength: 12 },
);

test('in whatever parts and from whatever moment on, end with what is known; no part is larger than 64 kB but for one large call', () => {
  const seed = Date.now();
  console.log(`calls in progress: seed ${seed}`);
  fc.assert(
    fc.property(moments, fc.nat(11), (all, missed) => {
      const current = createCurrentCalls();
      let known: ReadonlyMap<string, Shown> = new Map();
      let told: number | null = null;
      for (const [at, calls] of all.entries()) {
        const now = calls.map(({ n, state, length }) => call(n, state, 'x'.repeat(length)));
        update(current, now);
        // a reader that is slow hears of some moments only
        if (at !== all.length - 1 && at < missed) continue;
        const events = told === current.moment() ? [] : eventsIn(current.portionsSince(told, ANNA_SEES));
        told = current.moment();
        known = after(known, events);
        assert.equal([...known.values()].toSorted(byId), now.map(shown).toSorted(byId));
        for (const { part, of, calls, ended, whole } of events) {
          assert.equal([of, whole], [events.length, events[0]?.whole]);
          assert.ok(part >= 1 && part <= of);
          const bytes = Buffer.byteLength(JSON.stringify({ calls, ended }));
          assert.ok(bytes < PART + ENVELOPE + calls.length + 3 * ended.length || calls.length + ended.length === 1);
        }
      }
    }),
    { seed, numRuns: 30 },
  );
});

test('who was told of a moment that is long past is told all of them, and no memory is kept of it', () => {
  const current = createCurrentCalls();
  for (let n = 0; n < 20; n += 1) update(current, [call(n, 'ringing', 'Anna')]);
  const wholes = [12, 13, 20].map((moment) => eventsIn(current.portionsSince(moment, ANNA_SEES))[0]?.whole);
  assert.equal(wholes, [true, false, undefined]);
});

test('that ended between two looks at them are none, and are told when they are back', () => {
  const current = createCurrentCalls();
  const [one, other] = [call(1, 'ringing', 'Anna'), call(2, 'ringing', 'Maria')];
  const marks = new Map([one, other].map(({ id }) => [id, 'a mark']));
  current.update({ marks, changed: [one] });
  assert.equal(eventsIn(current.portionsSince(null, ANNA_SEES))[0]?.calls, [shown(one)]);
  assert.equal([...current.marks().keys()], [one.id]);
  current.update({ marks, changed: [other] });
  assert.equal(eventsIn(current.portionsSince(null, ANNA_SEES))[0]?.calls, [one, other].map(shown));
});

test('that did not change make no moment, and none are told as a whole of none', () => {
  const current = createCurrentCalls();
  assert.equal(eventsIn(current.portionsSince(null, ANNA_SEES)), [
    { whole: true, part: 1, of: 1, calls: [], ended: [] },
  ]);
  update(current, [call(1, 'ringing', 'Anna')]);
  const moment = current.moment();
  update(current, [call(1, 'ringing', 'Anna')]);
  assert.is(current.moment(), moment);
});

test.run();

function shown(one: ListedCurrentCall): Shown {
  return ANNA_SEES.show(one);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
