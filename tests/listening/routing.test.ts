import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { CallRouting } from '../../src/listening/routing.ts';
import type { Field } from '../../src/ports/pbxSource.ts';
import { suite } from '../support/suite.ts';

const test = suite('which stream a frame belongs to');

const SESSION = 3;

function route(routing: CallRouting, fields: readonly Field[], session: number): string {
  const call = routing.callOf(fields);
  return call === null ? streamOf.session('main', session) : streamOf.call('main', call);
}

/** Routes these frames one after the other and gives the stream of the last. */
function streamOfLast(...frames: readonly (readonly Field[])[]): string | undefined {
  const routing = new CallRouting();
  return frames.map((fields) => route(routing, fields, SESSION)).at(-1);
}

const CHANNEL: readonly Field[] = [
  ['Uniqueid', '1795400269.199'],
  ['Linkedid', '1795400269.198'],
];

test('a frame with a Linkedid belongs to that call, whatever else it names', () => {
  assert.is(streamOfLast(CHANNEL), 'call-main-1795400269.198');
  assert.is(
    streamOfLast(CHANNEL, [
      ['DestLinkedid', '1795400269.198'],
      ['Uniqueid', '1795400269.199'],
      ['Linkedid', '1795400300.1'],
    ]),
    'call-main-1795400300.1',
  );
});

test('a system name in front of an id is part of it', () => {
  assert.is(streamOfLast([['Linkedid', 'pbx1-1795404182.10']]), 'call-main-pbx1-1795404182.10');
});

test('a Cdr belongs to the call in which its channel was last seen', () => {
  const moved: readonly Field[] = [
    ['Uniqueid', '1795400269.199'],
    ['Linkedid', '1795400200.7'],
  ];
  assert.is(streamOfLast(CHANNEL, [['UniqueID', '1795400269.199']]), 'call-main-1795400269.198');
  assert.is(streamOfLast(CHANNEL, moved, [['UniqueID', '1795400269.199']]), 'call-main-1795400200.7');
});

test('a channel that was only named under a prefix is known too', () => {
  const dial: readonly Field[] = [
    ['DestUniqueid', '1795400269.5'],
    ['DestLinkedid', '1795400269.4'],
  ];
  assert.is(streamOfLast(dial), 'call-main-1795400269.4');
  assert.is(streamOfLast(dial, [['UniqueID', '1795400269.5']]), 'call-main-1795400269.4');
});

test('each prefix teaches its own pair', () => {
  const transfer: readonly Field[] = [
    ['OrigTransfererUniqueid', '100.2'],
    ['OrigTransfererLinkedid', '100.1'],
    ['SecondTransfererUniqueid', '200.3'],
    ['SecondTransfererLinkedid', '200.3'],
  ];
  assert.is(streamOfLast(transfer), 'call-main-100.1');
  assert.is(streamOfLast(transfer, [['UniqueID', '200.3']]), 'call-main-200.3');
});

test('a bridge belongs to the call that was last in it', () => {
  const bridge = 'dc92c011-45b1-4f6f-9030-cf896744e3f6';
  assert.is(streamOfLast([['BridgeUniqueid', bridge]]), 'call-main-session3');
  assert.is(
    streamOfLast([...CHANNEL, ['BridgeUniqueid', bridge]], [['BridgeUniqueid', bridge]]),
    'call-main-1795400269.198',
  );
  assert.is(
    streamOfLast([...CHANNEL, ['OrigBridgeUniqueid', bridge]], [['ToBridgeUniqueid', bridge]]),
    'call-main-1795400269.198',
  );
});

test('a channel that nothing was heard of is a call of its own', () => {
  assert.is(streamOfLast([['UniqueID', '1795400269.199']]), 'call-main-1795400269.199');
});

test('a frame that names no call belongs to its session', () => {
  assert.is(streamOfLast([['Mailbox', '101@default']]), 'call-main-session3');
  for (const none of ['', '<unknown>', '<null>']) {
    assert.is(
      streamOfLast([
        ['Uniqueid', none],
        ['Linkedid', none],
      ]),
      'call-main-session3',
    );
  }
});

test('what Asterisk would not make is no id', () => {
  const hostile = ['x'.repeat(10_000), 'a b', 'a\u0000b', 'a\nb', '$all', '../x', 'é', 'session7', 'a/b'];
  for (const id of hostile) assert.is(streamOfLast([['Linkedid', id]]), 'call-main-session3', id.slice(0, 20));
});

test('no value from outside makes a stream of another kind or of a wrong name', () => {
  const seed = Date.now();
  console.log(`hostile ids: seed ${seed}`);
  const key = fc.constantFrom('Linkedid', 'Uniqueid', 'UniqueID', 'DestLinkedid', 'BridgeUniqueid', '__proto__');
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.string({ unit: 'binary', maxLength: 200 })), { maxLength: 5 }), (fields) => {
      assert.match(streamOfLast(fields, fields) ?? '', /^call-main-[A-Za-z0-9_.:-]{1,150}$/);
    }),
    { seed, numRuns: 500 },
  );
});

test('what was learnt on one connection holds on the next', () => {
  const routing = new CallRouting();
  route(routing, CHANNEL, 3);
  assert.is(route(routing, [['UniqueID', '1795400269.199']], 4), 'call-main-1795400269.198');
  assert.is(route(routing, [], 4), 'call-main-session4');
});

test('channels without end are forgotten, the oldest first', () => {
  const routing = new CallRouting();
  for (let nth = 0; nth < 30_000; nth += 1) {
    route(
      routing,
      [
        ['Uniqueid', `1.${nth}`],
        ['Linkedid', '2.1'],
      ],
      SESSION,
    );
    route(routing, [['UniqueID', '1.0']], SESSION);
  }
  assert.is(route(routing, [['UniqueID', '1.29999']], SESSION), 'call-main-2.1');
  assert.is(route(routing, [['UniqueID', '1.0']], SESSION), 'call-main-2.1');
  assert.is(route(routing, [['UniqueID', '1.1']], SESSION), 'call-main-1.1');
});

test.run();
