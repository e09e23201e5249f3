import { suite } from '../support/suite.ts';
import { FAULTS } from './faults/index.ts';
import { inShort } from './inShort.ts';
import { torture } from './torture.ts';

const test = suite('a serve under torture, in short', { deadlineMs: 240_000 });

/** No fault but the first two is begun later. */
const MAX_MS = 60_000;
const CALLS_PER_SECOND = 20;

test('loses and doubles no call that was heard, says what is wrong while it is, and is well again, whatever is done to it', () =>
  inShort(2, (lived) =>
    torture({
      ...lived,
      faults: FAULTS.filter(({ stage }) => stage === undefined),
      untilMs: Date.now() + MAX_MS,
      callsPerSecond: CALLS_PER_SECOND,
    }),
  ));

test.run();
