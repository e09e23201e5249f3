import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { eventually } from '../../support/eventually.ts';
import {
  type FakeEventStoreDb,
  type Fate,
  notReady,
  startFakeEventStoreDb,
} from '../../support/fakeEventStoreDb/index.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, eventsOf, ids, insist, newStream } from './helpers.ts';

const test = suite('the log in a cluster of EventStoreDB');

/** Two nodes with one log; all of them tell the same of the cluster. */
async function startCluster() {
  const nodes = [await startFakeEventStoreDb(), await startFakeEventStoreDb()] as const;
  const [one, two] = nodes;
  two.replaceLog(one.log);
  const elect = (leader: FakeEventStoreDb | null) => {
    for (const node of nodes)
      node.members = nodes.map((member) => ({
        port: member.port,
        state: leader === null ? 'candidate' : member === leader ? 'leader' : 'follower',
      }));
  };
  const stop = () => {
    for (const node of nodes) node.stop();
  };
  elect(one);
  const url = `esdb://127.0.0.1:${one.port},127.0.0.1:${two.port}?tls=false&maxDiscoverAttempts=3&discoveryInterval=20`;
  return { one, two, url, elect, stop };
}

test('a lost quorum ends calls, never the process, and another leader is found', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const { one, two, url, elect, stop } = await startCluster();
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
  assert.equal(unhandled, []);

  elect(two);
  await insist(() => log.append(early, batch, 'no_stream'));
  assert.equal(ids(await collect(log.readStream(early))), ids(batch));
  assert.is(two.appends.length, 1);
  await log.close();
  stop();
  process.off('unhandledRejection', note);
});

test('a read ends in time although no node says where the leader is', async () => {
  const { one, two, url, stop } = await startCluster();
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
  stop();
});

test.run();
