/**
 * What `serve --only http` adds: requests that one, two and three of them answer beside one `serve` that listens and projects,
 * against that one alone; and how far the feed of another server lags behind the commit of the one that projects, against the
 * feed of that one. A PBX talks meanwhile. Servers, PostgreSQL and clients share this machine.
 */
import { availableParallelism } from 'node:os';
import type { BenchLine } from './line.ts';
import { feedLags } from './servers/feedLags.ts';
import { joinFeed, type Request, readList, requestsASecond } from './servers/requests.ts';
import { type Servers, startServers } from './servers/servers.ts';
import { median, percentile } from './timing.ts';

const MOST = 3;
const AIM_MS = 200;
const ROUNDS = 3;
const KINDS = [
  ['lists', readList],
  ['the live feed, up to the calls in progress', joinFeed],
] as const;
const note = `on ${availableParallelism()} processors for all of them, so only the shape can be seen`;

export async function* run(): AsyncIterable<BenchLine> {
  const servers = await startServers(MOST);
  try {
    for (const [what, request] of KINDS) {
      const [baseline = 0, ...values] = await answered(request, servers);
      for (const [n, value] of values.entries()) {
        const bench = `servers: ${what}, ${n + 1} × serve --only http, beside one serve alone`;
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

/** Requests per second of the one that does all, and of one, two … that answer only; in turn, so that each has the same luck. */
async function answered(request: Request, { whole, onlyHttp, tokens }: Servers): Promise<readonly number[]> {
  const sets = [[whole], ...onlyHttp.map((_, n) => onlyHttp.slice(0, n + 1))].map((urls) => ({
    urls,
    rounds: Array.of<number>(),
  }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { urls, rounds } of sets) rounds.push(await requestsASecond(request, urls, tokens));
  }
  return sets.map(({ rounds }) => median(rounds));
}
