import * as assert from 'uvu/assert';
import { exitCodeOf } from '../../../src/cli/doctor/finding.ts';
import { suite } from '../../support/suite.ts';

const test = suite('how doctor ends');

test('well only when nothing fails and everything could be seen', () => {
  assert.is(exitCodeOf(new Set(['ok', 'warn'])), 0);
  assert.is(exitCodeOf(new Set(['ok', 'unsure'])), 2);
  assert.is(exitCodeOf(new Set(['unsure', 'fail'])), 1);
});

test.run();
