import * as assert from 'uvu/assert';
import { Closing } from '../../../src/cli/serving/shutdown.ts';
import { logLines } from '../../support/logLines.ts';
import { suite } from '../../support/suite.ts';

const test = suite('closing what was opened');

test('goes on to the next part when one does not close in time or fails, says so, and tells whether something is left', async () => {
  const { logger, lines } = logLines();
  const closed: string[] = [];
  const closing = new Closing();
  closing.add('first', async () => closed.push('first'));
  closing.add('hangs', () => new Promise(() => {}), 10);
  closing.add('fails', () => Promise.reject(new RangeError('a secret')));
  closing.add('last', async () => closed.push('last'));

  assert.is(await closing.close(logger), false);
  assert.equal(closed, ['last', 'first']);
  assert.match(lines.join(''), /"part":"fails","error":"RangeError".*\n.*"part":"hangs","error":"Late"/);
  assert.not.match(lines.join(''), 'a secret');
});

test('leaves nothing when all close in time', async () => {
  const closing = new Closing();
  closing.add('part', async () => {});
  assert.is(await closing.close(logLines().logger), true);
});

test.run();
