import * as assert from 'uvu/assert';
import { counts, suite } from './suite.ts';

const test = suite('the test suite helper');

test('knows which test is running', () => {
  assert.is(counts.running, 'the test suite helper: knows which test is running');
});

test.run();
