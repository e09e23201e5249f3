import * as assert from 'uvu/assert';
import { canNameStream, idIn } from '../../src/domain/channelId.ts';
import { suite } from '../support/suite.ts';

const test = suite('the id of a channel, a bridge or a call');

test('is what Asterisk makes, with any system name in front', () => {
  for (const id of ['1795400269.199', 'pbx1-1795404182.10', 'dc92c011-45b1-4f6f-9030-cf896744e3f6']) {
    assert.is(idIn(` ${id} `), id);
    assert.ok(canNameStream(id), id);
  }
  assert.is(idIn('Αθήνα 1-1795404182.10'), 'Αθήνα 1-1795404182.10');
  assert.not.ok(canNameStream('Αθήνα 1-1795404182.10'));
});

test('is none where AMI says so, beyond the length that Asterisk has for ids, or with what nobody can type', () => {
  for (const none of ['', '  ', '<unknown>', '<null>', '(null)', 'x'.repeat(151), 'a\u0000b', 'a\nb', 'a\ud800b']) {
    assert.is(idIn(none), null, none.slice(0, 20));
  }
  assert.is(idIn('x'.repeat(150))?.length, 150);
});

test('names no stream that is a session’s or another’s', () => {
  for (const id of ['session7', '$all', '../x', 'a/b', 'a b']) assert.not.ok(canNameStream(id), id);
});

test.run();
