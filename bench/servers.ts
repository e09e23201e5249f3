/**
 * What `serve --only http` adds: requests that one, two and three of them answer beside one `serve` that listens and projects,
 * against that one alone; and how far the feed of another server lags behind the commit of the one that projects, against the
 * feed of that one. A PBX talks meanwhile. Servers, PostgreSQL and clients share this machine.
 */
import { availableParallelism } from 'node:os';
import type { BenchLine } from './line.ts';
import { feedLags } from './servers/feedLags.ts';
import { joinFeed, readList, requestsASecond } from './servers/requests.ts';
import { startServers } from './servers/servers.ts';
import { percentile } from './timing.ts';

const MOST = 3;
const AIM_MS = 200;
const KINDS = [
  ['lists', readList],
  ['the live feed, up to the calls in progress', joinFeed],
] as const;
const note = `on ${availableParallelism()} processors for all of them, so only the shape can be seen`;

export async function* run(): AsyncIterable<BenchLine> {
  const servers = await startServers(MOST);
  try {
    for (const [what, request] of KINDS) {
      const baseline = await requestsASecond(request, [servers.whole], servers.tokens);
      for (let count = 1; count <= MOST; count += 1) {
        const value = await requestsASecond(request, servers.onlyHttp.slice(0, count), servers.tokens);
        const bench = `servers: ${what}, ${count} × serve --only http, beside one serve alone`;
        yield { bench, value, unit: 'requests/s', baseline, ratio: value / baseline, note };
      }
    }
    const { own, others } = await feedLags(servers);
    for (const [name, share, aim] of [
      ['p50', 0.5, ''],
      ['p99', 0.99, `, aim ${AIM_MS} ms`],
    ] as const) {
      const [value, baseline] = [percentile(others, share), percentile(own, share)];
      const bench = `servers: commit to the feed of another server, beside its own, ${name}${aim}`;
      yield { bench, value, unit: 'ms', baseline, ratio: value / baseline, note };
    }
  } finally {
    await servers.close();
  }
}
