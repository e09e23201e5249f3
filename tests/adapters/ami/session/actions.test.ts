import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  createActions,
  MAX_LIST_ITEMS,
  MAX_PENDING_ACTIONS,
  serializeAction,
} from '../../../../src/adapters/ami/session/actions.ts';
import { Framer } from '../../../../src/adapters/ami/wire/framing.ts';
import { CommslogError, hasCode } from '../../../../src/errors.ts';
import type { Field } from '../../../../src/ports/pbxSource.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('actions and their answers');

const DEADLINE_MS = 5_000;

/** Actions over a wire that a test writes the other end of; events that are no answers are passed on. */
function wire() {
  const sent: string[] = [];
  const passedOn: string[] = [];
  const actions = createActions((text) => sent.push(text));
  const framer = new Framer({
    onBanner: () => {},
    onFrame: (frame) => {
      if (!actions.accept(frame.fields)) passedOn.push(frame.event);
    },
    onResponse: ({ fields }) => actions.accept(fields),
  });
  const idOf = (nth: number) => /^ActionID: (.+)\r$/m.exec(sent[nth] ?? '')?.[1] ?? '';
  const receive = (...lines: string[]) => framer.push(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  framer.push(Buffer.from('Asterisk Call Manager/11.0.0\r\n'));
  return { actions, sent, passedOn, idOf, receive };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.unreachable(),
    (error: unknown) => error,
  );

test('three in one moment, answered in reverse, each get their own answer', async () => {
  const { actions, idOf, receive } = wire();
  const asked = ['one', 'two', 'three'].map((name) => actions.request(name, [], DEADLINE_MS));
  for (const nth of [2, 1, 0]) receive('Response: Success', `ActionID: ${idOf(nth)}`, `Message: for ${nth}`);
  const answers = await Promise.all(asked);
  assert.equal(
    answers.map(({ message }) => message),
    ['for 0', 'for 1', 'for 2'],
  );
});

test('every ActionID is used once', () => {
  const { actions, sent, idOf } = wire();
  const { actions: others, sent: theirs } = wire();
  for (let n = 0; n < 50; n += 1)
    for (const so of [actions, others]) so.request('Ping', [], DEADLINE_MS).catch(() => {});
  assert.is(new Set([...sent, ...theirs]).size, 100);
  assert.ok(idOf(0).length > 10);
  for (const so of [actions, others]) so.rejectAll(new CommslogError('AMI_CONNECTION_LOST', 'over'));
});

test('a list answer is collected, with events and answers of others in between passed on', async () => {
  const { actions, idOf, receive, passedOn } = wire();
  const asked = actions.request('BridgeList', [], DEADLINE_MS);
  receive('Response: Success', `ActionID: ${idOf(0)}`, 'EventList: start', 'Message: follows');
  receive('Event: BridgeListItem', `ActionID: ${idOf(0)}`, 'BridgeUniqueid: a');
  receive('Event: Hangup', 'Uniqueid: 1.1');
  receive('Event: OriginateResponse', 'ActionID: of-another-client', 'Response: Failure');
  receive('Response: Success', 'ActionID: of-another-client');
  receive('Event: BridgeListItem', `ActionID: ${idOf(0)}`, 'BridgeUniqueid: b');
  receive('Event: BridgeListComplete', `ActionID: ${idOf(0)}`, 'EventList: Complete', 'ListItems: 2');
  const { message, items } = await asked;
  assert.is(message, 'follows');
  assert.equal(
    items.map((fields) => fields.at(-1)),
    [
      ['BridgeUniqueid', 'a'],
      ['BridgeUniqueid', 'b'],
    ],
  );
  assert.equal(passedOn, ['Hangup', 'OriginateResponse']);
});

test('a list without end is cut off', async () => {
  const { actions, idOf } = wire();
  const error = failure(actions.request('Status', [], DEADLINE_MS));
  const id: Field = ['ActionID', idOf(0)];
  actions.accept([['Response', 'Success'], id, ['EventList', 'start']]);
  for (let n = 0; n <= MAX_LIST_ITEMS; n += 1) actions.accept([['Event', 'Status'], id]);
  assert.ok(hasCode(await error, 'AMI_ACTION_FAILED'));
  assert.ok(actions.accept([['Event', 'Status'], id]), 'what still comes is dropped: the PBX did not say it by itself');
});

test('an action that is not answered in time fails, and its late answer is dropped', async () => {
  const { actions, idOf } = wire();
  assert.ok(hasCode(await failure(actions.request('Ping', [], 10)), 'AMI_TIMEOUT'));
  assert.ok(
    actions.accept([
      ['Response', 'Success'],
      ['ActionID', idOf(0)],
    ]),
  );
});

test('when the connection is lost every action that waits fails, and later ones too', async () => {
  const { actions, sent } = wire();
  const errors = [1, 2, 3].map(() => failure(actions.request('Ping', [], DEADLINE_MS)));
  actions.rejectAll(new CommslogError('AMI_CONNECTION_LOST', 'gone'));
  for (const error of await Promise.all(errors)) assert.ok(hasCode(error, 'AMI_CONNECTION_LOST'));
  assert.ok(hasCode(await failure(actions.request('Ping', [], DEADLINE_MS)), 'AMI_CONNECTION_LOST'));
  assert.is(sent.length, 3);
});

test('only so many actions wait at a time', async () => {
  const { actions, sent } = wire();
  for (let n = 0; n < MAX_PENDING_ACTIONS; n += 1) actions.request('Ping', [], DEADLINE_MS).catch(() => {});
  assert.ok(hasCode(await failure(actions.request('Ping', [], DEADLINE_MS)), 'AMI_ACTION_FAILED'));
  assert.is(sent.length, MAX_PENDING_ACTIONS);
  actions.rejectAll(new CommslogError('AMI_CONNECTION_LOST', 'over'));
});

test('an answer without an ActionID, as other clients cause it, is nobody’s', () => {
  const { actions } = wire();
  actions.request('Ping', [], DEADLINE_MS).catch(() => {});
  assert.not.ok(
    actions.accept([
      ['Response', 'Success'],
      ['Events', 'Off'],
    ]),
  );
  actions.rejectAll(new CommslogError('AMI_CONNECTION_LOST', 'over'));
});

test('CR, LF and NUL in a key or value are refused, and nothing is sent', async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const evil = fc
    .tuple(text, fc.constantFrom('\r', '\n', '\0', '\r\n\r\nAction: Originate'), text)
    .map((t) => t.join(''));
  await fc.assert(
    fc.asyncProperty(evil, fc.boolean(), async (bad, inKey) => {
      const { actions, sent } = wire();
      const field: Field = inKey ? [bad, 'value'] : ['Variable', bad];
      assert.ok(hasCode(await failure(actions.request('Ping', [field], DEADLINE_MS)), 'AMI_INVALID_ACTION'));
      assert.is(sent.length, 0);
    }),
    { seed },
  );
});

test('whatever else stands in a value arrives as one field', () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (value) => {
      fc.pre(!/[\r\n\0]/.test(value));
      const text = serializeAction([
        ['Action', 'Login'],
        ['Secret', value],
      ]);
      assert.is(text, `Action: Login\r\nSecret: ${value}\r\n\r\n`);
    }),
    { seed },
  );
});

test('a key without a name, or with a colon, is refused', () => {
  for (const key of ['', 'Secret: x']) assert.throws(() => serializeAction([[key, 'value']]));
});

test.run();
