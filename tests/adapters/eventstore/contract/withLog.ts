import type { Test } from 'uvu';
import type { EventStore } from '../../../../src/ports/eventStore.ts';
import type { LogUnderTest } from '../underTest.ts';

/** Tests of one side of the contract. */
export type Clauses = (test: Test, underTest: () => LogUnderTest) => void;

/** A test body with an open log, which is closed after it. */
export function withLog(
  underTest: () => LogUnderTest,
  body: (log: EventStore, underTest: LogUnderTest) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const under = underTest();
    const log = await under.open();
    try {
      await body(log, under);
    } finally {
      await log.close();
    }
  };
}
