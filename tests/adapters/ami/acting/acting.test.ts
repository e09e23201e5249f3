import * as assert from 'uvu/assert';
import type {
  Destination,
  End,
  InboundScene,
  OutboundEnd,
  OutboundScene,
  Scene,
  Talk,
} from '../../../../src/adapters/ami/index.ts';
import { actedSource } from '../../../../src/adapters/ami/index.ts';
import type { CallEntry } from '../../../../src/domain/entry.ts';
import { defaultRules } from '../../../../src/domain/rules.ts';
import type { Micros } from '../../../../src/domain/time.ts';
import { rowsOfSource } from '../../../support/sourceRows.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('calls that are acted out');
const START = 1_795_400_000_000_000 as Micros;
const anna = { extension: '101', name: 'Anna P.' };
const nikos = { extension: '102', name: 'Νίκος Γ.' };
const maria = { extension: '103', name: 'Maria I.' };

const TALK: Talk = { seconds: 95, holds: [], transfer: null, hungUpBy: 'outside' };
const answered = (by: typeof anna, talk: Partial<Talk> = {}): End => ({
  kind: 'answered',
  by,
  talk: { ...TALK, ...talk },
});
const MESSAGE = { mailbox: '101', seconds: 25, leavesMessage: true };

function inbound(to: Destination, more: Partial<InboundScene> = {}): InboundScene {
  const caller = { number: '6912345678', name: null };
  return {
    kind: 'inbound',
    startsAt: START,
    trunk: 'provider',
    did: '2109990010',
    caller,
    menuSeconds: null,
    to,
    ...more,
  };
}

function outbound(end: OutboundEnd, more: Partial<OutboundScene> = {}): OutboundScene {
  const made = { trunk: 'provider', shown: '2109990010', from: anna, dialled: '6912345678', ringSeconds: 12 };
  return { kind: 'outbound', startsAt: START, ...made, end, ...more };
}

const ring = (...phones: (typeof anna)[]) => ({ phones, seconds: 10 });

async function rows(...scenes: Scene[]): Promise<CallEntry[]> {
  return rowsOfSource(actedSource({ pbx: 'demo', scenes, toldUntil: null }), defaultRules('GR'));
}

type Meant = Partial<CallEntry>;
const CASES: readonly (readonly [what: string, scene: Scene, meant: Meant])[] = [
  [
    'a phone is picked up',
    inbound({ kind: 'extension', ringing: ring(anna), end: answered(anna) }),
    {
      outcome: 'answered',
      ring_seconds: 10,
      duration_seconds: 95,
      extensions: ['101'],
      external_number: '+306912345678',
    },
  ],
  [
    'a phone is picked up, and put down inside after a hold',
    inbound({
      kind: 'extension',
      ringing: ring(nikos),
      end: answered(nikos, { holds: [{ after: 20, seconds: 30 }], hungUpBy: 'inside' }),
    }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95, extensions: ['102'] },
  ],
  [
    'the caller gives up while a phone rings',
    inbound({ kind: 'extension', ringing: ring(anna), end: { kind: 'given_up' } }),
    { outcome: 'missed', ring_seconds: 10, duration_seconds: 0, extensions: [], rang: ['101'] },
  ],
  [
    'nobody picks up',
    inbound({ kind: 'extension', ringing: ring(anna), end: { kind: 'no_answer' } }),
    { outcome: 'missed', ring_seconds: 10, duration_seconds: 0, extensions: [] },
  ],
  [
    'nobody picks up, and a message is left',
    inbound({ kind: 'extension', ringing: ring(anna), end: { kind: 'voicemail', voicemail: MESSAGE } }),
    { outcome: 'voicemail', ring_seconds: 10, duration_seconds: 0, extensions: [] },
  ],
  [
    'the mailbox answers at once',
    inbound({ kind: 'voicemail', voicemail: MESSAGE }),
    { outcome: 'voicemail', ring_seconds: 0, duration_seconds: 0, extensions: [] },
  ],
  [
    'one of a ring group picks up',
    inbound({ kind: 'ring_group', number: '610', ringing: ring(anna, nikos, maria), end: answered(nikos) }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95, extensions: ['102'] },
  ],
  [
    'nobody of a ring group picks up',
    inbound({ kind: 'ring_group', number: '610', ringing: ring(anna, nikos, maria), end: { kind: 'no_answer' } }),
    { outcome: 'missed', ring_seconds: 10, duration_seconds: 0, extensions: [], rang: ['101', '102', '103'] },
  ],
  [
    'a menu leads to a phone',
    inbound({ kind: 'extension', ringing: ring(anna), end: answered(anna) }, { menuSeconds: 8 }),
    { outcome: 'answered', ring_seconds: 18, duration_seconds: 95, extensions: ['101'] },
  ],
  [
    'the caller leaves in the menu',
    inbound({ kind: 'none' }, { menuSeconds: 8 }),
    { outcome: 'abandoned', duration_seconds: 0, extensions: [] },
  ],
  [
    'the second phone of a queue picks up',
    inbound(
      { kind: 'queue', number: '600', tries: [ring(anna), ring(maria)], end: answered(maria) },
      { menuSeconds: 5 },
    ),
    { outcome: 'answered', ring_seconds: 27, duration_seconds: 95, extensions: ['103'] },
  ],
  [
    'a queue is picked up and put down inside',
    inbound({ kind: 'queue', number: '600', tries: [ring(anna)], end: answered(anna, { hungUpBy: 'inside' }) }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95, extensions: ['101'] },
  ],
  [
    'the caller gives up in a queue',
    inbound({ kind: 'queue', number: '600', tries: [ring(anna), ring(nikos)], end: { kind: 'given_up' } }),
    { outcome: 'abandoned', ring_seconds: 22, duration_seconds: 0, extensions: [] },
  ],
  [
    'nobody of a queue picks up',
    inbound({ kind: 'queue', number: '600', tries: [ring(anna), ring(nikos)], end: { kind: 'no_answer' } }),
    { outcome: 'missed', ring_seconds: 22, duration_seconds: 0, extensions: [] },
  ],
  [
    'a queue ends in voicemail',
    inbound({ kind: 'queue', number: '600', tries: [ring(anna)], end: { kind: 'voicemail', voicemail: MESSAGE } }),
    { outcome: 'voicemail', ring_seconds: 10, duration_seconds: 0, extensions: [] },
  ],
  [
    'a blind transfer',
    inbound({
      kind: 'extension',
      ringing: ring(anna),
      end: answered(anna, { transfer: { kind: 'blind', to: maria, ringSeconds: 6, talkSeconds: 60 } }),
    }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95 + 2 + 6 + 60, extensions: ['101', '103'] },
  ],
  [
    'an attended transfer',
    inbound({
      kind: 'extension',
      ringing: ring(anna),
      end: answered(anna, {
        transfer: { kind: 'attended', to: maria, ringSeconds: 6, consultSeconds: 15, talkSeconds: 60 },
      }),
    }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95 + 1 + 6 + 15 + 60, extensions: ['101', '103'] },
  ],
  [
    'an attended transfer of a call of a queue',
    inbound({
      kind: 'queue',
      number: '600',
      tries: [ring(anna)],
      end: answered(anna, {
        transfer: { kind: 'attended', to: maria, ringSeconds: 6, consultSeconds: 15, talkSeconds: 60 },
      }),
    }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95 + 1 + 6 + 15 + 60, extensions: ['101', '103'] },
  ],
  [
    'a blind transfer of a call of a queue',
    inbound({
      kind: 'queue',
      number: '600',
      tries: [ring(anna)],
      end: answered(anna, { transfer: { kind: 'blind', to: maria, ringSeconds: 6, talkSeconds: 60 } }),
    }),
    { outcome: 'answered', ring_seconds: 10, duration_seconds: 95 + 2 + 6 + 60, extensions: ['101', '103'] },
  ],
  [
    'a number is withheld, a name is shown, the other trunk is taken',
    inbound(
      { kind: 'extension', ringing: ring(anna), end: answered(anna) },
      { caller: { number: null, name: null }, trunk: 'backup' },
    ),
    { outcome: 'answered', external_number: null, trunk: 'backup' },
  ],
  [
    'a call out is answered',
    outbound({ kind: 'answered', talk: TALK }),
    { outcome: 'answered', ring_seconds: 12, duration_seconds: 95, extensions: ['101'], dialled: '6912345678' },
  ],
  [
    'a call out is answered abroad, held and put down inside',
    outbound(
      { kind: 'answered', talk: { ...TALK, holds: [{ after: 5, seconds: 20 }], hungUpBy: 'inside' } },
      { dialled: '00442071234567' },
    ),
    { outcome: 'answered', duration_seconds: 95, external_number: '+442071234567' },
  ],
  ['a call out is not answered', outbound({ kind: 'no_answer' }), { outcome: 'missed', ring_seconds: 12 }],
  ['a call out is busy', outbound({ kind: 'busy' }, { ringSeconds: 1 }), { outcome: 'busy', duration_seconds: 0 }],
  ['a call out fails', outbound({ kind: 'failed' }, { ringSeconds: 1 }), { outcome: 'failed', duration_seconds: 0 }],
];

for (const [what, scene, meant] of CASES) {
  test(`make the row that was meant: ${what}`, async () => {
    const [row, ...others] = await rows(scene);
    assert.ok(row);
    assert.equal(others, []);
    assert.is(row.direction, scene.kind);
    assert.is(row.did, scene.kind === 'inbound' ? scene.did : null);
    assert.equal(row.incomplete, []);
    const { ring_seconds, duration_seconds, ...exact } = meant;
    for (const [field, value] of Object.entries(exact)) {
      assert.equal(row[field as keyof CallEntry], value, field);
    }
    for (const [field, value] of Object.entries({ ring_seconds, duration_seconds })) {
      const seconds = Number(row[field as keyof CallEntry]);
      assert.ok(
        value === undefined || Math.abs(seconds - Number(value)) <= 1.05,
        `${field} is ${seconds}, meant was ${value}`,
      );
    }
  });
}

test('overlap as calls do, each under ids of its own', async () => {
  const scenes = CASES.map(([, scene], at) => ({ ...scene, startsAt: (START + at * 3_000_000) as Micros }));
  const all = await rows(...scenes);
  assert.is(all.length, CASES.length);
  const alone = await Promise.all(scenes.map(async (scene) => (await rows(scene))[0]?.outcome));
  const outcomes = all.sort((a, b) => String(a.occurred_at).localeCompare(String(b.occurred_at)));
  assert.equal(
    outcomes.map(({ outcome }) => outcome),
    alone,
  );
});

test.run();
