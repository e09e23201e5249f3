import { suite } from '../../support/suite.ts';
import { appending } from './contract/appending.ts';
import { ending } from './contract/ending.ts';
import { following } from './contract/following.ts';
import { identity } from './contract/identity.ts';
import { outages } from './contract/outages.ts';
import { reading } from './contract/reading.ts';
import { sizes } from './contract/sizes.ts';
import type { LogUnderTest } from './underTest.ts';

/** What every event store must do. Tests share one log and keep to streams of their own. */
export function contract(name: string, create: () => Promise<LogUnderTest>): void {
  const test = suite(name, { deadlineMs: 60_000 });
  let log: LogUnderTest | undefined;
  const underTest = () => {
    if (log === undefined) throw new Error('the log was not made');
    return log;
  };
  test.before(async () => {
    log = await create();
  });
  test.after(async () => {
    await log?.drop();
  });
  for (const clauses of [appending, sizes, reading, following, ending, identity, outages]) clauses(test, underTest);
  test.run();
}
