import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import type { NewEvent } from '../../src/domain/events.ts';
import { CommslogError } from '../../src/errors.ts';
import { type Appended, DEFAULT_LOG_TIMINGS, LogAppender } from '../../src/listening/logAppender.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { EventStore, ExpectedRevision } from '../../src/ports/eventStore.ts';
import { eventually } from '../support/eventually.ts';
import { readStream } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('appending for as long as it takes');

const database = await createDatabase();
const realLog = await openPostgresLog({ url: database.url });
test.after(async () => {
  await realLog.close();
  await database.drop();
});

const newEvent = (): NewEvent => ({ id: randomUUID(), type: 'SomethingHappened', data: {}, metadata: { v: 1 } });
const newStream = () => `call-test-${randomUUID()}`;

type Attempt = { readonly stream: string; readonly ids: readonly string[]; readonly expected: ExpectedRevision };

/** An appender to a log that does what `before` and `after` say around each real append. */
function appending(around: { before?: (nth: number) => unknown; after?: (nth: number) => void }) {
  const attempts: Attempt[] = [];
  const stop = new AbortController();
  const log: EventStore = {
    ...realLog,
    async append(stream, events, expected) {
      const nth = attempts.push({ stream, ids: events.map(({ id }) => id), expected });
      await around.before?.(nth);
      const result = await realLog.append(stream, events, expected);
      around.after?.(nth);
      return result;
    },
  };
  const timings = { ...DEFAULT_LOG_TIMINGS, awayMinMs: 5, awayMaxMs: 10 };
  const appender = new LogAppender(log, systemClock, pino({ level: 'silent' }), timings, stop.signal);
  return { appender, attempts, stop };
}

/** What became of it, without the position, which is the log's affair. */
function outcomeOf(appended: Appended) {
  if (appended.outcome !== 'stored') return appended;
  const { position, ...outcome } = appended;
  assert.ok(position > 0n);
  return outcome;
}

const away = () => {
  throw new CommslogError('LOG_UNAVAILABLE', 'away');
};
const unknown = () => {
  throw new CommslogError('LOG_OUTCOME_UNKNOWN', 'unknown');
};

test('after an unknown outcome the identical append is repeated, and is stored once', async () => {
  const { appender, attempts } = appending({ after: (nth) => nth <= 2 && unknown() });
  const stream = newStream();
  const events = [newEvent(), newEvent()];
  assert.equal(outcomeOf(await appender.append(stream, events, 'no_stream')), { outcome: 'stored', revision: 1n });
  assert.is(attempts.length, 3);
  for (const attempt of attempts) assert.equal(attempt, attempts[0]);
  assert.equal(
    (await readStream(realLog, stream)).map(({ id }) => id),
    events.map(({ id }) => id),
  );
});

test('a stream that ends elsewhere is looked up and gone on with', async () => {
  const stream = newStream();
  await realLog.append(stream, [newEvent(), newEvent(), newEvent()], 'no_stream');
  const { appender, attempts } = appending({});
  assert.equal(outcomeOf(await appender.append(stream, [newEvent()], 'no_stream')), {
    outcome: 'stored',
    revision: 3n,
  });
  assert.equal(
    attempts.map(({ expected }) => expected),
    ['no_stream', 2n],
  );
});

test('an append of which only a first part came through unheard is stored whole, and once', async () => {
  const stream = newStream();
  const events = Array.from({ length: 79 }, newEvent);
  await realLog.append(stream, [newEvent()], 'no_stream');
  const { appender, attempts } = appending({
    async before(nth) {
      if (nth > 2) return;
      await realLog.append(stream, events.slice(0, 11 * nth), 0n);
      unknown();
    },
  });
  assert.equal(outcomeOf(await appender.append(stream, events, 0n)), { outcome: 'stored', revision: 79n });
  assert.is(attempts.length, 3);
  assert.equal(
    (await readStream(realLog, stream)).slice(1).map(({ id }) => id),
    events.map(({ id }) => id),
  );
});

test('while the log is away one append at a time tries; all go on when it is back', async () => {
  let isAway = true;
  let underWay = 0;
  let mostAtOnce = 0;
  const { appender, attempts } = appending({
    async before(nth) {
      if (!isAway) return;
      underWay += 1;
      if (nth > 20) mostAtOnce = Math.max(mostAtOnce, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      away();
    },
  });
  const streams = Array.from({ length: 20 }, newStream);
  const all = Promise.all(streams.map((stream) => appender.append(stream, [newEvent()], 'no_stream')));
  await eventually('ten more tries', () => attempts.length >= 30);
  assert.is(appender.state().state, 'away');
  assert.is(mostAtOnce, 1);
  isAway = false;
  assert.ok((await all).every(({ outcome }) => outcome === 'stored'));
  assert.is(appender.state().state, 'available');
});

test('gives up what waits, at once, when the program stops', async () => {
  const { appender, stop } = appending({ before: away });
  const waiting = [1, 2, 3].map(() => appender.append(newStream(), [newEvent()], 'no_stream'));
  await eventually('it is away', () => appender.state().state === 'away');
  stop.abort();
  for (const { outcome } of await Promise.all(waiting)) assert.is(outcome, 'given_up');
  assert.is((await appender.append(newStream(), [newEvent()], 'no_stream')).outcome, 'given_up');
});

test('a log that contradicts itself is waited for, not stormed', async () => {
  const { appender, attempts, stop } = appending({
    before: () => {
      throw new CommslogError('WRONG_EXPECTED_REVISION', 'and yet the stream ends there');
    },
  });
  const waiting = appender.append(newStream(), [newEvent()], 'no_stream');
  await eventually('it counts as away', () => appender.state().state === 'away');
  const started = performance.now();
  const before = attempts.length;
  await eventually('five more tries', () => attempts.length >= before + 5);
  assert.ok(performance.now() - started >= 4 * 5, 'it did not wait between tries');
  stop.abort();
  await waiting;
});

test.run();
