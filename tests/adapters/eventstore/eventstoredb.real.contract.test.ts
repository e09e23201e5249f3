import { suite } from '../../support/suite.ts';
import { contract } from './contract.ts';
import { createEventStoreDbUnderTest } from './eventStoreDbUnderTest.ts';

const url = process.env.EVENTSTORE_TEST_URL;

if (url !== undefined) contract('the log in a real EventStoreDB', () => createEventStoreDbUnderTest(url));
else {
  const test = suite('the log in a real EventStoreDB');
  test.skip('keeps the contract of an event store (set EVENTSTORE_TEST_URL, esdb://127.0.0.1:2113?tls=false)', () => {});
  test.run();
}
