import * as assert from 'uvu/assert';
import { type EventStoreDbOptions, openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { policyOf } from '../../../src/errorPolicy.ts';
import { CommslogError } from '../../../src/errors.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { eventually } from '../../support/eventually.ts';
import {
  accessDenied,
  consumerTooSlow,
  type FakeEventStoreDb,
  type Fate,
  invalid,
  reset,
  startFakeEventStoreDb,
  unlisted,
  wrongRevision,
} from '../../support/fakeEventStoreDb/index.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, event, eventsOf, follow, ids, insist, newStream } from './helpers.ts';

const test = suite('the guards around the client of EventStoreDB');
const QUICK = { appendMs: 300, readMs: 300 };

/** A test body with a fake server of its own and a log opened on it. */
function withFake(
  body: (log: EventStore, server: FakeEventStoreDb) => Promise<void>,
  options: Partial<EventStoreDbOptions> = {},
): () => Promise<void> {
  return async () => {
    const server = await startFakeEventStoreDb();
    const log = await openEventStoreDb({ url: server.url, ...options });
    server.appends.length = 0;
    try {
      await body(log, server);
    } finally {
      await log.close();
      server.stop();
    }
  };
}

async function withLog(url: string, work: (log: EventStore) => Promise<unknown>): Promise<void> {
  const log = await openEventStoreDb({ url });
  await work(log);
  await log.close();
}

test(
  'never uses the batch append, which can hang for ever and end the process',
  withFake(async (log, server) => {
    await log.append(newStream(), eventsOf(3), 'no_stream');
    assert.is(server.batchAppends, 0);
    assert.is(server.featureCalls, 0);
    assert.is(server.appends.length, 1);
  }),
);

test(
  'sends the identical append again after a deadline, which finds that it was stored',
  withFake(
    async (log, server) => {
      const [stream, batch] = [newStream(), eventsOf(3)];
      await log.append(stream, eventsOf(2), 'no_stream');
      const before = server.appends.length;
      server.appendFate = (nth) => (nth === before + 1 ? 'do and ignore' : 'answer');
      assert.is((await log.append(stream, batch, 1n)).revision, 4n);
      const same = { stream, ids: ids(batch), expected: 1n };
      assert.equal(server.appends.slice(before), [same, same]);
      assert.is(server.log.stream(stream).length, 5);
    },
    { timeouts: QUICK },
  ),
);

test(
  'appends the rest when the server has stored only a first part of an append before it fell silent, again and again',
  withFake(
    async (log, server) => {
      const [stream, batch] = [newStream(), eventsOf(79)];
      await log.append(stream, eventsOf(2), 'no_stream');
      server.appendFate = (nth) => (nth === 2 ? { storeFirst: 22 } : nth === 4 ? { storeFirst: 30 } : 'answer');
      const result = await log.append(stream, batch, 1n);
      const stored = await collect(log.readStream(stream));
      assert.equal(ids(stored.slice(2)), ids(batch));
      assert.equal(result, { revision: 80n, position: stored.at(-1)?.position });
      assert.equal(
        server.appends.map(({ ids }) => ids.length),
        [2, 79, 79, 57, 57, 27],
      );
    },
    { timeouts: { appendMs: 1_000 } },
  ),
);

test(
  'finds out at the next identical append what of it was stored when the outcome was unknown',
  withFake(
    async (log, server) => {
      const [stream, batch] = [newStream(), eventsOf(9)];
      server.appendFate = (nth) => (nth === 1 ? { storeFirst: 4 } : 'ignore');
      assert.is(await codeOf(log.append(stream, batch, 'no_stream')), 'LOG_OUTCOME_UNKNOWN');
      server.appendFate = () => 'answer';
      assert.is((await log.append(stream, batch, 'no_stream')).revision, 8n);
      assert.equal(ids(await collect(log.readStream(stream))), ids(batch));
    },
    { timeouts: { appendMs: 300 } },
  ),
);

test(
  'says that the outcome is unknown, not that others were quicker, while nothing can be read of what was stored',
  withFake(
    async (log, server) => {
      const [stream, batch] = [newStream(), eventsOf(3)];
      server.appendFate = () => ({ fail: wrongRevision(stream) });
      assert.is(await codeOf(log.append(stream, batch, 'no_stream')), 'LOG_OUTCOME_UNKNOWN');
    },
    { timeouts: { appendMs: 300 } },
  ),
);

test(
  'says after a few deadlines that the outcome is unknown',
  withFake(
    async (log, server) => {
      server.appendFate = () => 'ignore';
      assert.is(await codeOf(log.append(newStream(), eventsOf(1), 'no_stream')), 'LOG_OUTCOME_UNKNOWN');
      assert.is(server.appends.length, 3);
    },
    { timeouts: QUICK },
  ),
);

for (const [what, failure] of [
  ['a reset stream (13)', reset],
  ['a consumer that is too slow (10)', consumerTooSlow],
] as const)
  test(
    `stores once what was answered with ${what} after it was stored`,
    withFake(async (log, server) => {
      const [stream, batch] = [newStream(), eventsOf(2)];
      server.appendFate = (nth) => (nth === 1 ? { fail: failure(), done: true } : 'answer');
      assert.is((await log.append(stream, batch, 'no_stream')).revision, 1n);
      assert.equal(ids(await collect(log.readStream(stream))), ids(batch));
    }),
  );

test(
  'stores once what the server stored before it died, and what it had not stored',
  withFake(async (log, server) => {
    const [stored, lost] = [newStream(), newStream()];
    const batch = eventsOf(2);
    server.appendFate = async (nth) => {
      if (nth > 2) return 'answer';
      if (nth === 2) setImmediate(() => server.stop());
      return nth === 1 ? 'do and ignore' : 'ignore';
    };
    const appends = [stored, lost].map((stream) => insist(() => log.append(stream, batch, 'no_stream')));
    await eventually('both appends', () => server.appends.length === 2);
    await new Promise((resolve) => setImmediate(resolve));
    server.stop();
    await server.start();
    await Promise.all(appends);
    for (const stream of [stored, lost]) assert.equal(ids(await collect(log.readStream(stream))), ids(batch));
  }),
);

test(
  'has one append a stream and at most 64 in all under way',
  withFake(async (log, server) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.appendFate = async (): Promise<Fate> => {
      await held;
      return 'answer';
    };
    const streams = Array.from({ length: 100 }, () => newStream());
    const appends = streams.flatMap((stream) => [
      log.append(stream, eventsOf(1), 'no_stream'),
      log.append(stream, eventsOf(1), 0n),
    ]);
    await eventually('64 appends', () => server.appendsInFlight === 64);
    // the other calls of the connection still get through
    assert.equal(await collect(log.readStream(newStream())), []);
    assert.is(new Set(server.appends.map(({ stream }) => stream)).size, 64);
    release();
    await Promise.all(appends);
    assert.is(server.mostAppendsInFlight, 64);
    for (const stream of streams) assert.is((await collect(log.readStream(stream))).length, 2);
  }),
);

test(
  'sends in one append what waits for the same stream',
  withFake(async (log, server) => {
    const stream = newStream();
    const batches = Array.from({ length: 50 }, () => eventsOf(2));
    const answers = await Promise.all(
      batches.map((batch, n) => log.append(stream, batch, n === 0 ? 'no_stream' : BigInt(2 * n - 1))),
    );
    assert.is(server.appends.length, 2);
    assert.equal(
      answers.map(({ revision }) => revision),
      batches.map((_, n) => BigInt(2 * n + 1)),
    );
    assert.equal(ids(await collect(log.readStream(stream))), batches.flatMap(ids));
  }),
);

test(
  'finds a repeat among the appends that wait together',
  withFake(async (log) => {
    const [stream, first, second, third] = [newStream(), eventsOf(2), eventsOf(2), eventsOf(2)];
    await log.append(stream, first, 'no_stream');
    await log.append(stream, second, 1n);
    const wrong = codeOf(log.append(stream, [event()], 8n));
    const [, repeated, added] = await Promise.all([
      log.append(stream, first, 'no_stream'),
      log.append(stream, second, 1n),
      log.append(stream, third, 3n),
    ]);
    assert.is(await wrong, 'WRONG_EXPECTED_REVISION');
    assert.is(repeated.revision, 3n);
    assert.is(added.revision, 5n);
    assert.equal(ids(await collect(log.readStream(stream))), ids([...first, ...second, ...third]));
  }),
);

test(
  'fails only the append that the server can never take, and stores the one that waited before it',
  withFake(async (log, server) => {
    const [stream, good, bad] = [newStream(), event(), event()];
    server.appendFate = (nth) => (server.appends[nth - 1]?.ids.includes(bad.id) ? { fail: invalid() } : 'answer');
    const before = log.append(stream, eventsOf(1), 'no_stream');
    const codes = await Promise.all([codeOf(log.append(stream, [good], 0n)), codeOf(log.append(stream, [bad], 1n))]);
    await before;
    assert.equal(codes, ['no error', 'INVALID_EVENT']);
    assert.is(server.appends.length, 4);
    assert.is((await collect(log.readStream(stream))).at(-1)?.id, good.id);
  }),
);

test(
  'gives back an error that no table has as it is, after a few tries',
  withFake(async (log, server) => {
    server.appendFate = () => ({ fail: unlisted() });
    const error = await log.append(newStream(), eventsOf(1), 'no_stream').catch((reason: unknown) => reason);
    assert.is(policyOf(error), null);
    assert.not.instance(error, CommslogError);
    assert.is(server.appends.length, 3);
  }),
);

test(
  'sends nothing to the server of an append that is not all JSON',
  withFake(async (log, server) => {
    const circle: Record<string, never> = {};
    Object.assign(circle, { circle });
    const batch = [event(), { ...event(), data: circle }];
    assert.is(await codeOf(log.append(newStream(), batch, 'no_stream')), 'INVALID_EVENT');
    assert.is(server.appends.length, 0);
  }),
);

test(
  'goes on behind the last event that was taken, not behind a checkpoint, however often it is dropped',
  withFake(async (log, server) => {
    const stream = newStream();
    const batch = eventsOf(10);
    await log.append(stream, batch, 'no_stream');
    // checkpoints in plenty: nothing of this is wanted
    await log.append(newStream('pbx'), eventsOf(8_000), 'no_stream');
    const follower = follow(log, 0n, { streamPrefixes: ['call-'] });
    const { position } = (await follower.until(10)).at(-1) ?? { position: 0n };
    server.dropSubscriptions(consumerTooSlow());
    const more = eventsOf(5);
    await log.append(stream, more, 9n);
    await follower.until(15);
    server.dropSubscriptions(consumerTooSlow());
    await log.append(stream, [event()], 14n);
    assert.equal(ids(await follower.until(16)).slice(0, 15), ids([...batch, ...more]));
    assert.is(server.subscribedFrom[0], undefined);
    assert.is(server.subscribedFrom[1], position);
    assert.is(await follower.stop(), undefined);
  }),
);

test(
  'survives that a drop is told twice while the consumer is busy',
  withFake(async (log, server) => {
    await log.append(newStream(), eventsOf(100), 'no_stream');
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const batch of log.subscribe(0n, { streamPrefixes: ['call-'] }, stop.signal)) {
      seen.push(...ids(batch));
      if (seen.length < 100) continue;
      if (server.subscribedFrom.length > 3) break;
      server.dropSubscriptions(consumerTooSlow());
      server.dropSubscriptions(consumerTooSlow());
      await log.append(newStream(), eventsOf(1), 'no_stream');
    }
    assert.is(new Set(seen).size, seen.length);
  }),
);

for (const [how, failure] of [
  ['in good order', undefined],
  ['with a reset stream', reset()],
] as const)
  test(
    `goes on when the server ends a subscription ${how}`,
    withFake(async (log, server) => {
      const follower = follow(log, 0n, { streamPrefixes: ['call-'] });
      const sent: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        const batch = eventsOf(3);
        await log.append(newStream(), batch, 'no_stream');
        sent.push(...ids(batch));
        await follower.until(sent.length);
        server.dropSubscriptions(failure);
      }
      assert.equal(ids(follower.seen), sent);
      assert.is(await follower.stop(), undefined);
    }),
  );

test(
  'asks again for a subscription that is never confirmed',
  withFake(
    async (log, server) => {
      server.subscriptionFate = (nth) => (nth <= 2 ? 'ignore' : 'answer');
      const batch = eventsOf(2);
      await log.append(newStream(), batch, 'no_stream');
      const follower = follow(log, 0n, { streamPrefixes: ['call-'] });
      assert.equal(ids(await follower.until(2)), ids(batch));
      assert.is(server.subscribedFrom.length, 3);
      await follower.stop();
    },
    { timeouts: QUICK },
  ),
);

test(
  'gives up a read that is never answered',
  withFake(
    async (log, server) => {
      server.readFate = () => 'ignore';
      assert.is(await codeOf(collect(log.readStream(newStream()))), 'LOG_UNAVAILABLE');
      assert.is(await codeOf(log.head()), 'LOG_UNAVAILABLE');
      server.readFate = () => 'answer';
      server.subscriptionFate = () => 'ignore';
      assert.is(await codeOf(collect(log.readAll(0n))), 'LOG_UNAVAILABLE');
    },
    { timeouts: QUICK },
  ),
);

test(
  'reads on when a subscription is dropped in the middle of reading the whole log',
  withFake(async (log, server) => {
    const batch = eventsOf(1_000);
    await log.append(newStream(), batch, 'no_stream');
    const seen: string[] = [];
    for await (const events of log.readAll(0n, { streamPrefixes: ['call-'] })) {
      seen.push(...ids(events));
      if (server.subscribedFrom.length < 3) server.dropSubscriptions(consumerTooSlow());
    }
    assert.equal(seen, ids(batch));
  }),
);

test(
  'leaves out the events of the server itself',
  withFake(async (log, server) => {
    await log.append(newStream(), eventsOf(1), 'no_stream');
    const end = await log.head();
    server.log.softDelete(newStream());
    const all = await collect(log.readAll(0n));
    assert.ok(all.length === 2 && all.every(({ stream }) => !stream.startsWith('$')));
    assert.is(await log.head(), end);
    assert.equal(await collect(log.readAll(end)), []);
  }),
);

test(
  'says that access is denied and does not try again',
  withFake(async (log, server) => {
    server.denied = true;
    assert.is(await codeOf(log.append(newStream(), eventsOf(1), 'no_stream')), 'LOG_ACCESS_DENIED');
    assert.is(await codeOf(collect(log.readStream(newStream()))), 'LOG_ACCESS_DENIED');
    assert.is(await codeOf(collect(log.subscribe(0n, undefined, new AbortController().signal))), 'LOG_ACCESS_DENIED');
    assert.is(await codeOf(openEventStoreDb({ url: server.url })), 'LOG_ACCESS_DENIED');
    server.denied = false;
    server.subscriptionFate = () => ({ fail: accessDenied() });
    assert.is(await codeOf(collect(log.subscribe(0n, undefined, new AbortController().signal))), 'LOG_ACCESS_DENIED');
  }),
);

test('opens while the server is down and works when it comes', async () => {
  const server = await startFakeEventStoreDb();
  server.stop();
  const log = await openEventStoreDb({ url: server.url, timeouts: QUICK });
  assert.is(await codeOf(log.append(newStream(), eventsOf(1), 'no_stream')), 'LOG_UNAVAILABLE');
  assert.is(await codeOf(log.logId()), 'LOG_UNAVAILABLE');
  const follower = follow(log, 0n, { streamPrefixes: ['call-'] });
  await server.start();
  const batch = eventsOf(2);
  await insist(() => log.append(newStream(), batch, 'no_stream'));
  assert.equal(ids(await follower.until(2)), ids(batch));
  assert.match(await log.logId(), /^[0-9a-f-]{36}$/);
  await follower.stop();
  await log.close();
  server.stop();
});

for (const [what, events, code] of [
  ['a shorter log', 0, 'LOG_TOO_SHORT'],
  ['another log', 50, 'LOG_IS_ANOTHER'],
] as const) {
  test(
    `refuses to go on when the server comes back with ${what}`,
    withFake(async (log, server) => {
      await log.append(newStream(), eventsOf(3), 'no_stream');
      const follower = follow(log, 0n, { streamPrefixes: ['call-'] });
      await follower.until(3);
      const other = await startFakeEventStoreDb();
      if (events > 0) await withLog(other.url, (log) => log.append(newStream(), eventsOf(events), 'no_stream'));
      other.stop();
      server.stop();
      server.replaceLog(other.log);
      await server.start();
      assert.is(await codeOf(follower.ended.then((error) => Promise.reject(error))), code);
    }),
  );
}

test(
  'refuses more subscriptions than a connection can carry',
  withFake(async (log, server) => {
    const followers = Array.from({ length: 16 }, () => follow(log, 0n));
    await Promise.all(followers.map((follower) => follower.until(1)));
    assert.is(await codeOf(collect(log.readAll(0n))), 'LOG_UNAVAILABLE');
    assert.is(server.subscriptions.size, 16);
    await Promise.all(followers.map((follower) => follower.stop()));
    assert.is((await collect(log.readAll(0n))).length, 1);
  }),
);

test.run();
