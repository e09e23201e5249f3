import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Crowd, Parting } from '../../../src/domain/channels/bridge.ts';
import { newChannel } from '../../../src/domain/channels/channel.ts';
import { parseChannelName } from '../../../src/domain/channels/channelName.ts';
import { type Contact, type Contacts, contactsOf, otherIn } from '../../../src/domain/channels/contacts.ts';
import type { Movement } from '../../../src/domain/channels/movements.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { naiveContacts } from '../../support/naiveContacts.ts';
import { suite } from '../../support/suite.ts';

const test = suite('contacts');

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

/** Two calls of trunks that bring others, two phones of two calls, two that are nobody's strangers, two Local channels. */
const CROWDS: ReadonlyMap<string, Crowd> = new Map([
  ['t1', { kind: 'trunk', call: 1 }],
  ['t2', { kind: 'trunk', call: 1 }],
  ['t3', { kind: 'trunk', call: 2 }],
  ['t4', { kind: 'trunk', call: 3 }],
  ['p1', { kind: 'extension', call: 4 }],
  ['p2', { kind: 'extension', call: 5 }],
]);
const HALVES = new Map([
  ['l1', 'l2'],
  ['l2', 'l1'],
  ['m1', 'm2'],
  ['m2', 'm1'],
]);
const NAMES = [...CROWDS.keys(), 'x', 'y', ...HALVES.keys()];

const channels = new Map(
  NAMES.map((uniqueid) => {
    const local = HALVES.has(uniqueid)
      ? `Local/8000@a-${uniqueid.charAt(0)};${uniqueid.charAt(1)}`
      : `PJSIP/${uniqueid}-1`;
    return [uniqueid, { ...newChannel(uniqueid, 0), name: local, parsed: parseChannelName(local) }];
  }),
);

const someMovements = fc.array(
  fc.record({
    uniqueid: fc.constantFrom(...NAMES),
    bridge: fc.constantFrom('A', 'A', 'A', 'B', 'B', 'C', null),
    at: fc.option(
      fc.nat(100).map((at) => at as Micros),
      { freq: 9 },
    ),
    isLate: fc.nat(9).map((n) => n === 0),
  }),
  { maxLength: 60 },
);

test('are those that a search for all who hear each other finds after each step', () =>
  fc.assert(
    fc.property(someMovements, (movements) => {
      const all = naiveContacts(movements, HALVES);
      const contacts = contactsOf(movements, channels, CROWDS);
      for (const uniqueid of NAMES) {
        const its = all.filter((contact) => contact.channels.includes(uniqueid));
        const told = contacts.of(uniqueid);
        const left = its.filter((contact) => !told.some((other) => isSame(contact, other)));
        assert.is(told.length + left.length, its.length);
        for (const contact of left) assert.ok(areStrangers(contact), 'only those with strangers are left out');
        assert.equal(summaryOf(contacts.withStrangers(uniqueid)), summaryOf(left.map(partingOf)));
      }
    }),
    { seed, numRuns: 500 },
  ));

test('of everybody whose call it is begin in the order in which they came', () => {
  const movements = ['x', 't1', 'p1', 't3', 't2'].map(
    (uniqueid, at): Movement => ({ uniqueid, bridge: 'A', at: at as Micros, isLate: false }),
  );
  const contacts = contactsOf(movements, channels, CROWDS);
  assert.equal(othersOf(contacts, 't1'), ['x', 'p1', 't2']);
  assert.equal(othersOf(contacts, 't2'), ['x', 't1', 'p1']);
  assert.equal(othersOf(contacts, 't3'), ['x', 'p1']);
  assert.equal(othersOf(contacts, 'p1'), ['x', 't1', 't3', 't2']);
});

test('are as many as members of a conference, not as many as pairs of them', () => {
  const movements = Array.from(
    { length: 300 },
    (_, n): Movement => ({ uniqueid: `t${n}`, bridge: 'A', at: n as Micros, isLate: false }),
  );
  const crowds = new Map(movements.map(({ uniqueid }, call) => [uniqueid, { kind: 'trunk' as const, call }]));
  const contacts = contactsOf(
    [...movements, { uniqueid: 'x', bridge: 'A', at: null, isLate: false }],
    channels,
    crowds,
  );
  assert.is(movements.flatMap(({ uniqueid }) => contacts.of(uniqueid)).length, 300);
});

function othersOf(contacts: Contacts, uniqueid: string): string[] {
  return contacts.of(uniqueid).map((contact) => otherIn(contact, uniqueid));
}

function areStrangers({ channels: [a, b] }: Contact): boolean {
  const [one, other] = [CROWDS.get(a), CROWDS.get(b)];
  return one !== undefined && one.kind === other?.kind && one.call !== other.call;
}

function isSame(a: Contact, b: Contact): boolean {
  const [one, other] = [a, b].map(({ channels: its, ...rest }) => JSON.stringify([its.toSorted(), rest]));
  return one === other;
}

function partingOf({ to: at, isLate }: Contact): Parting {
  return { at, isLate };
}

/** What can be asked of them, in whatever order and how often they are told. */
function summaryOf(partings: Iterable<Parting>): object {
  const all = [...partings];
  const times = all.flatMap(({ at }) => at ?? []);
  return {
    isUnsure: all.some(({ at, isLate }) => at === null || isLate),
    last: times.length === 0 ? null : Math.max(...times),
  };
}

test.run();
