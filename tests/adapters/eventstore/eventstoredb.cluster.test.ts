import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { eventually } from '../../support/eventually.ts';
import { type FakeCluster, startFakeCluster } from '../../support/fakeEventStoreDb/cluster.ts';
import { type FakeEventStoreDb, type Fate, notReady } from '../../support/fakeEventStoreDb/index.ts';
import { logLines } from '../../support/logLines.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, eventsOf, follow, ids, insist, newStream } from './helpers.ts';

const test = suite('the log in a cluster of EventStoreDB');
const QUICK = { appendMs: 300, readMs: 300, silenceMs: 50 };

type Cluster = FakeCluster & { readonly one: FakeEventStoreDb; readonly two: FakeEventStoreDb; readonly url: string };

/** A test body with a cluster of two, of which the first leads, and whose unhandled rejections fail it. */
function withCluster(body: (cluster: Cluster) => Promise<void>): () => Promise<void> {
  return async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    const cluster = await startFakeCluster(2);
    const [one, two] = cluster.nodes;
    if (one === undefined || two === undefined) throw new Error('no cluster');
    const url = `esdb://${cluster.hosts.join()}?tls=false&maxDiscoverAttempts=3&discoveryInterval=20`;
    await body({ ...cluster, one, two, url });
    cluster.stop();
    process.off('unhandledRejection', note);
    assert.equal(unhandled, []);
  };
}

test(
  'a lost quorum ends calls, never the process, and another leader is found',
  withCluster(async ({ one, two, url, elect }) => {
    const log = await openEventStoreDb({ url });
    const [early, late] = [newStream(), newStream()];
    let lose = () => {};
    const lost = new Promise<Fate>((resolve) => {
      lose = () => resolve({ fail: notReady() });
    });
    const before = one.appends.length;
    one.appendFate = (nth) => (nth === before + 1 ? lost : { fail: notReady() });
    const [batch, more] = [eventsOf(2), eventsOf(2)];
    const lateAppend = codeOf(log.append(late, more, 'no_stream'));
    await eventually('an append under way', () => one.appends.length === before + 1);

    // the first call that fails makes the next one look for a leader in vain, while another of the old connection fails too
    elect(null);
    assert.is(await codeOf(log.append(early, batch, 'no_stream')), 'LOG_UNAVAILABLE');
    const read = codeOf(collect(log.readStream(early)));
    lose();
    assert.is(await lateAppend, 'LOG_UNAVAILABLE');
    assert.is(await read, 'LOG_UNAVAILABLE');

    elect(two);
    await insist(() => log.append(early, batch, 'no_stream'));
    assert.equal(ids(await collect(log.readStream(early))), ids(batch));
    assert.is(two.appends.length, 1);
    await log.close();
  }),
);

test(
  'a read ends in time although no node says where the leader is',
  withCluster(async ({ one, two, url }) => {
    one.members = null;
    two.members = null;
    const log = await openEventStoreDb({ url: `${url}&gossipTimeout=60`, timeouts: { readMs: 100, appendMs: 100 } });
    assert.is(await codeOf(log.head()), 'LOG_UNAVAILABLE');
    assert.is(await codeOf(collect(log.readStream(newStream()))), 'LOG_UNAVAILABLE');
    const following = new AbortController();
    const followed = collect(log.subscribe(0n, undefined, following.signal));
    following.abort();
    assert.equal(await followed, []);
    await log.close();
  }),
);

test(
  'goes on with the new leader, without gap or repeat, when the leader dies',
  withCluster(async ({ one, two, url, elect }) => {
    const log = await openEventStoreDb({ url });
    const [stream, first, second] = [newStream(), eventsOf(3), eventsOf(3)];
    await log.append(stream, first, 'no_stream');
    const follower = follow(log, 0n, { streamPrefixes: [stream] });
    await follower.until(3);
    one.stop();
    elect(two);
    await insist(() => log.append(stream, second, 2n));
    assert.equal(ids(await follower.until(6)), ids([...first, ...second]));
    assert.is(await follower.stop(), undefined);
    await log.close();
  }),
);

test(
  'goes where the leader is when the node that led says that it is one no more',
  withCluster(async ({ two, url, elect }) => {
    const log = await openEventStoreDb({ url });
    const stream = newStream();
    await log.append(stream, eventsOf(1), 'no_stream');
    elect(two);
    await insist(() => log.append(stream, eventsOf(1), 0n));
    assert.is(two.appends.length, 1);
    assert.is((await collect(log.readStream(stream))).length, 2);
    await log.close();
  }),
);

for (const [call, use] of [
  ['an append', (log, stream) => log.append(stream, eventsOf(1), 'no_stream')],
  ['a read', (log, stream) => collect(log.readStream(stream))],
] as const satisfies readonly (readonly [string, (log: EventStore, stream: string) => Promise<unknown>])[])
  test(
    `leaves a leader that lets the deadline of ${call} pass while its connection stands`,
    withCluster(async ({ one, two, url, elect }) => {
      const log = await openEventStoreDb({ url, timeouts: QUICK });
      const before = one.members;
      elect(two);
      // frozen before it could be told
      one.members = before;
      one.appendFate = () => 'ignore';
      one.readFate = () => 'ignore';
      const stream = newStream();
      await insist<unknown>(() => use(log, stream));
      await insist(() => log.append(newStream(), eventsOf(1), 'no_stream'));
      // an answer that came after the short deadline was asked for again
      assert.ok(two.appends.length >= (call === 'an append' ? 2 : 1));
      await log.close();
    }),
  );

test(
  'looks again for the leader as long as the one that the nodes tell of takes connections and is silent',
  withCluster(async ({ one, two, url, elect }) => {
    const { logger, lines } = logLines();
    let questions = 0;
    const frozen = createServer((socket) => {
      // heard, and never answered
      socket.resume();
      questions += 1;
      if (questions === 3) elect(two);
    }).listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const { port } = frozen.address() as AddressInfo;
    for (const node of [one, two]) node.members = [{ port, state: 'leader' }];
    const log = await openEventStoreDb({ url, logger });
    const stream = newStream();
    await log.append(stream, eventsOf(1), 'no_stream');
    assert.is(two.appends.at(-1)?.stream, stream);
    assert.equal(lines, []);
    await log.close();
    frozen.close();
  }),
);

test(
  'leaves a subscription that has stalled, as a former leader keeps it open for ever, and misses nothing',
  withCluster(async ({ one, two, url, elect }) => {
    const { logger, lines } = logLines();
    const log = await openEventStoreDb({ url, timeouts: QUICK, logger });
    const [stream, first, second] = [newStream(), eventsOf(3), eventsOf(3)];
    await log.append(stream, first, 'no_stream');
    const followers = [follow(log, 0n), follow(log, 0n, { streamPrefixes: [stream] })] as const;
    await followers[0].until(4);
    await followers[1].until(3);
    one.mutesSubscriptions = true;
    elect(two);
    await insist(() => log.append(stream, second, 2n));
    assert.equal(ids(await followers[0].until(7)).slice(1), ids([...first, ...second]));
    assert.equal(ids(await followers[1].until(6)), ids([...first, ...second]));
    assert.ok(lines.some((line) => line.includes('has stalled')));
    for (const follower of followers) assert.is(await follower.stop(), undefined);
    await log.close();
  }),
);

test(
  'takes a quiet log, or one in which others write, for no stall',
  withCluster(async ({ one, url }) => {
    const { logger, lines } = logLines();
    const log = await openEventStoreDb({ url, timeouts: { silenceMs: 200 }, logger });
    const followers = [follow(log, 0n), follow(log, 0n, { streamPrefixes: ['customer-'] })] as const;
    await followers[0].until(1);
    let looks = 0;
    one.readFate = () => {
      looks += 1;
      return 'answer';
    };
    await eventually('looks into a quiet log', () => looks > 4);
    const stream = newStream('call');
    for (let n = 0; n < 3; n += 1) {
      await log.append(stream, eventsOf(1), n === 0 ? 'no_stream' : BigInt(n - 1));
      const before = looks;
      await eventually('looks behind what others wrote', () => looks > before + 2);
    }
    assert.equal(
      lines.filter((line) => line.includes('stalled')),
      [],
    );
    assert.is(followers[0].seen.length, 4);
    assert.equal(followers[1].seen, []);
    for (const follower of followers) await follower.stop();
    await log.close();
  }),
);

test.run();
