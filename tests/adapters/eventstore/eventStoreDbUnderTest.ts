import { EventStoreDBClient } from '@eventstore/db-client';
import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { startGossipThrough } from './gossipThrough.ts';
import { createProxy } from './network.ts';
import type { LogUnderTest, Network } from './underTest.ts';

const TIMEOUTS = { appendMs: 5_000, readMs: 5_000 };

/** The log of a server without TLS, real or not, or of a cluster of them, reached through proxies that can misbehave. */
export async function createEventStoreDbUnderTest(url: string): Promise<LogUnderTest> {
  const hosts = (/^esdb:\/\/([^/?]+)/.exec(url)?.[1] ?? '').split(',');
  const proxies = await Promise.all(hosts.map(proxyOf));
  const ports = new Map(proxies.map(({ port, nodePort }) => [nodePort, port]));
  const gossips = hosts.length === 1 ? [] : await Promise.all(hosts.map(() => startGossipThrough(hosts, ports)));
  const seeds = (gossips.length === 0 ? proxies : gossips).map(({ port }) => `127.0.0.1:${port}`);
  const direct = EventStoreDBClient.connectionString(url);
  const gossip = (answers: (typeof gossips)[number]['answers']) => {
    for (const one of gossips) one.answers = answers;
  };
  const network: Network = {
    async down() {
      gossip('an error');
      await Promise.all(proxies.map((proxy) => proxy.down()));
    },
    async up() {
      gossip('as the nodes');
      await Promise.all(proxies.map((proxy) => proxy.up()));
    },
    silence() {
      gossip('nothing');
      for (const proxy of proxies) proxy.silence();
    },
    hangUp() {
      for (const proxy of proxies) proxy.hangUp();
    },
    loseNextAnswer() {
      for (const proxy of proxies) proxy.loseNextAnswer();
    },
  };
  return {
    network,
    open: () => openEventStoreDb({ url: `esdb://${seeds.join()}?tls=false`, timeouts: TIMEOUTS }),
    async softDelete(stream) {
      await direct.deleteStream(stream);
    },
    async drop() {
      for (const one of gossips) one.stop();
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await direct.dispose();
    },
  };
}

async function proxyOf(host: string) {
  const { hostname, port } = new URL(`esdb://${host}`);
  let appending: Buffer | undefined;
  const proxy = await createProxy({ host: hostname, port: Number(port) }, (bytes) => {
    // the first answer that comes after the events are on their way may still be about the transport
    appending ??= bytes.includes('SomethingHappened') ? bytes : undefined;
    return appending !== undefined;
  });
  return {
    ...proxy,
    nodePort: Number(port),
    loseNextAnswer() {
      appending = undefined;
      proxy.loseNextAnswer();
    },
  };
}
