import * as assert from 'uvu/assert';
import {
  manualCallMergedSchema,
  manualCallSplitSchema,
  mergeManualCall,
  type Standing,
  splitManualCall,
} from '../../../src/domain/acts/merge.ts';
import { suite } from '../../support/suite.ts';
import { said } from './support/decided.ts';

const test = suite('merging two calls, decided');

const MANUAL = '5d2f8a34-8a0e-4b55-a6f9-1f6f3f1f0001';

const STANDINGS: readonly (readonly [Standing, merge: unknown, split: unknown])[] = [
  [{ kind: 'apart', manual: MANUAL }, ['ManualCallMerged', manualCallMergedSchema.parse({ manual: MANUAL })], []],
  [{ kind: 'here' }, [], []],
  [{ kind: 'elsewhere' }, 'MERGED_ELSEWHERE', 'UNKNOWN_MANUAL_CALL'],
  [{ kind: 'unknown' }, 'UNKNOWN_MANUAL_CALL', 'UNKNOWN_MANUAL_CALL'],
];
for (const [standing, merged, split] of STANDINGS) {
  test(`a call by hand that is ${standing.kind} is merged or not, and split or not, accordingly`, () => {
    assert.equal(said(mergeManualCall(standing, 'pbx')), merged);
    assert.is(said(mergeManualCall(standing, 'manual')), 'LOGGED_BY_HAND');
    assert.equal(said(splitManualCall(null, standing)), split);
    const told = ['ManualCallSplit', manualCallSplitSchema.parse({ manual: MANUAL })];
    assert.equal(said(splitManualCall(MANUAL, standing)), told);
  });
}

test.run();
