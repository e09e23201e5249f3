import { startFakeCluster } from '../../support/fakeEventStoreDb/cluster.ts';
import { contract } from './contract.ts';
import { createEventStoreDbUnderTest } from './eventStoreDbUnderTest.ts';

contract('the log in a cluster of EventStoreDB (fake servers)', async () => {
  const cluster = await startFakeCluster(3);
  const log = await createEventStoreDbUnderTest(`esdb://${cluster.hosts.join()}?tls=false`);
  return {
    ...log,
    async drop() {
      await log.drop();
      cluster.stop();
    },
  };
});
