import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { startFakeEventStoreDb } from '../../support/fakeEventStoreDb/index.ts';
import { contract } from './contract.ts';
import { createEventStoreDbUnderTest } from './eventStoreDbUnderTest.ts';

contract('the log in EventStoreDB (a fake server)', async () => {
  const [server, other] = [await startFakeEventStoreDb(), await startFakeEventStoreDb()];
  const log = await createEventStoreDbUnderTest(server.url);
  return {
    ...log,
    openOther: () => openEventStoreDb({ url: other.url }),
    async drop() {
      await log.drop();
      server.stop();
      other.stop();
    },
  };
});
