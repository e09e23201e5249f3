import { suite } from '../support/suite.ts';
import { inShort } from './inShort.ts';
import { handedOver } from './servers/faults/handedOver.ts';
import { holderKilled } from './servers/faults/holderKilled.ts';
import { leaseConnectionEnded } from './servers/faults/leaseConnectionEnded.ts';
import { tortureServers } from './servers/torture.ts';

const test = suite('several servers under torture, in short', { deadlineMs: 300_000 });

/** No fault but the first is begun later. */
const MAX_MS = 30_000;
const CALLS_PER_SECOND = 10;

test('store each frame once, or tell of a gap, whatever becomes of the one that listens', () =>
  inShort(1, (lived) =>
    tortureServers({
      ...lived,
      faults: [handedOver, holderKilled, leaseConnectionEnded],
      untilMs: Date.now() + MAX_MS,
      callsPerSecond: CALLS_PER_SECOND,
      isTimed: false,
    }),
  ));

test.run();
