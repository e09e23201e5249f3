import * as assert from 'uvu/assert';
import { markCall } from '../../../src/domain/acts/mark.ts';
import { suite } from '../../support/suite.ts';
import { NOTE, NOTHING, said } from './support/decided.ts';

const test = suite('marking a call, decided');

test('a call is marked done or open when it is not so', () => {
  const done = { ...NOTHING, doneAt: NOTE.at };
  assert.equal([said(markCall(true, NOTHING)), said(markCall(true, done))], [['CallMarkedDone', {}], []]);
  assert.equal([said(markCall(false, NOTHING)), said(markCall(false, done))], [[], ['CallMarkedOpen', {}]]);
});

test.run();
