import { EventStoreDBClient } from '@eventstore/db-client';
import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { createProxy } from './network.ts';
import type { LogUnderTest } from './underTest.ts';

const TIMEOUTS = { appendMs: 2_000, readMs: 2_000 };

/** The log of a server without TLS, real or not, reached through a proxy that can misbehave. */
export async function createEventStoreDbUnderTest(serverUrl: string): Promise<LogUnderTest> {
  const { hostname, port } = new URL(serverUrl);
  let appending: Buffer | undefined;
  const proxy = await createProxy({ host: hostname, port: Number(port) }, (bytes) => {
    // the first answer that comes after the events are on their way may still be about the transport
    appending ??= bytes.includes('SomethingHappened') ? bytes : undefined;
    return appending !== undefined;
  });
  const direct = EventStoreDBClient.connectionString(serverUrl);
  return {
    network: {
      ...proxy,
      loseNextAnswer() {
        appending = undefined;
        proxy.loseNextAnswer();
      },
    },
    open: () => openEventStoreDb({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, timeouts: TIMEOUTS }),
    async softDelete(stream) {
      await direct.deleteStream(stream);
    },
    async drop() {
      await proxy.close();
      await direct.dispose();
    },
  };
}
