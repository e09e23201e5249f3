import * as assert from 'uvu/assert';
import { handOversOf, linesOf, shownIn } from '../../web/src/entry/pictureLines.ts';
import { suite } from '../support/suite.ts';

const test = suite('the picture of a call');
const time = (ms: number) => new Date(ms).toISOString();
const segment = (party: string, from: number, to: number) => ({
  party,
  channel: `PJSIP/${party}-00000001`,
  from: time(from),
  to: time(to),
});
type Kind = 'trunk' | 'extension' | 'machine' | 'local' | 'other';
const leg = (kind: Kind, party: string, from: number, answered: number | null, to: number, uniqueid = party) => ({
  channel: `PJSIP/${party}-00000001`,
  uniqueid,
  party,
  kind,
  from: time(from),
  answered: answered === null ? null : time(answered),
  to: time(to),
  holds: [],
});
/** A caller who waits in a queue, and is served by 103 while 104 rings and a bot listens. */
const QUEUED: Parameters<typeof linesOf>[0] = {
  direction: 'inbound',
  ext_message_id: '1.1',
  trunk: 'provider',
  legs: [
    leg('trunk', 'provider', 0, 0, 30_000, '1.1'),
    leg('local', 'queue', 5_000, 5_000, 30_000),
    leg('extension', '103', 5_000, 10_000, 30_000),
    leg('extension', '104', 5_000, null, 10_000),
    leg('machine', 'bot', 10_000, 10_000, 30_000),
  ],
  segments: [segment('103', 10_000, 25_000)],
  course: [
    { what: 'queue', with: '400', from: time(0), to: time(10_000) },
    { what: 'talk', with: '103', from: time(10_000), to: time(25_000) },
    { what: 'in_pbx', with: null, from: time(25_000), to: time(30_000) },
  ],
};
const drawn = (entry: Parameters<typeof linesOf>[0]) =>
  linesOf(entry).lines.map(({ kind, party, spans }) => [
    kind,
    party,
    ...spans.map(
      ({ what, from, to }) => `${what} ${from === null ? '?' : from / 1000}–${to === null ? '?' : to / 1000}`,
    ),
  ]);

test('shows the outside party as its course tells, and that a phone or a machine talks only where a segment says so', () => {
  assert.equal(drawn(QUEUED), [
    ['outside', '', 'queue 0–10', 'talk 10–25', 'in_pbx 25–30'],
    ['extension', '103', 'ringing 5–10', 'up 25–30', 'talk 10–25'],
    ['extension', '104', 'ringing 5–10'],
    ['machine', 'bot', 'up 10–30'],
  ]);
  assert.equal(shownIn(linesOf(QUEUED).lines), ['queue', 'talk', 'in_pbx', 'ringing', 'up']);
});

test('shows the trunk’s channel of an entry that an earlier release wrote, which has no course', () => {
  const [first] = drawn({ ...QUEUED, course: null });
  assert.equal(first, ['trunk', 'provider', 'up 0–30']);
});

test('leaves out of a call out the trunk that answered, whose course it is, and shows the one that was tried before', () => {
  const entry: typeof QUEUED = {
    ...QUEUED,
    direction: 'outbound',
    ext_message_id: '1.0',
    legs: [
      leg('extension', '101', 0, 5_000, 20_000, '1.0'),
      leg('trunk', 'first', 1_000, null, 2_000),
      leg('trunk', 'provider', 2_000, 5_000, 20_000),
    ],
    segments: [segment('101', 5_000, 20_000)],
    course: [{ what: 'talk', with: '101', from: null, to: time(20_000) }],
  };
  assert.equal(drawn(entry), [
    ['outside', '', 'talk ?–20'],
    ['extension', '101', 'ringing 0–5', 'talk 5–20'],
    ['trunk', 'first', 'ringing 1–2'],
  ]);
});

test('shows who spoke and is none of its legs: an agent who was there before the call', () => {
  const entry = { ...QUEUED, segments: [...QUEUED.segments, segment('200', 26_000, 29_000)] };
  assert.equal(drawn(entry).at(-1), ['extension', '200', 'talk 26–29']);
});

test('marks a transfer where another party goes on, and none where the same one comes back from a hold', () => {
  const segments = [segment('101', 0, 2_000), segment('101', 3_000, 4_000), segment('103', 6_000, 9_000)];
  assert.equal(handOversOf(segments), [{ from: '101', to: '103', at: 6_000 }]);
  assert.equal(handOversOf([]), []);
  assert.equal(handOversOf([segment('101', 0, 9_000), segment('103', 3_000, 6_000)]), [], 'a conference is none');
});

test.run();
