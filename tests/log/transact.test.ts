import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { hasCode } from '../../src/errors.ts';
import { endOf } from '../../src/log/streamEnds.ts';
import { type ToAppend, transact } from '../../src/log/transact.ts';
import { readEvents } from '../../src/ports/eventStore.ts';
import { event } from '../adapters/eventstore/helpers.ts';
import { brokenLog } from '../support/brokenLog.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('deciding on a stream');
const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
test.after(async () => {
  await log.close();
  await database.drop();
});

/** Appends the number after the last one, up to `most`. */
const countOn = (stream: string, store = log, most = Number.POSITIVE_INFINITY) =>
  transact(
    store,
    () => endOf(log, stream),
    (to): ToAppend => {
      const next = Number(to.last?.data.number ?? 0) + 1;
      return { to, events: next > most ? [] : [event({ number: next })] };
    },
  );

const numbersIn = async (stream: string) => (await readEvents(log, stream)).map(({ data }) => data.number);

test('many at once all decide on what the others have said', async () => {
  const stream = `count-${randomUUID()}`;
  await Promise.all(Array.from({ length: 6 }, () => countOn(stream)));
  assert.equal(await numbersIn(stream), [1, 2, 3, 4, 5, 6]);
});

test('it is told where the stream ends then, also when there was nothing to say', async () => {
  const stream = `count-${randomUUID()}`;
  const none = await countOn(stream, log, 0);
  assert.equal([none.revision, none.position, none.events], [-1n, 0n, []]);
  await countOn(stream);
  const second = await countOn(stream);
  const again = await countOn(stream, log, 2);
  assert.equal([second.revision, second.position], [1n, await log.head()]);
  assert.equal([again.revision, again.position, again.events], [second.revision, second.position, []]);
});

test('who is never quick enough is refused after 20 tries, and nothing of his is written', async () => {
  const stream = `count-${randomUUID()}`;
  let tries = 0;
  const slow = brokenLog(log, () => {
    tries += 1;
    return 'WRONG_EXPECTED_REVISION';
  });
  const error = await countOn(stream, slow).catch((refusal: unknown) => refusal);
  assert.ok(hasCode(error, 'CONFLICT'), String(error));
  assert.equal([tries, await numbersIn(stream)], [20, []]);
});

test('what the decision or the log refuses is not tried again', async () => {
  const stream = `count-${randomUUID()}`;
  let tries = 0;
  const away = brokenLog(log, () => {
    tries += 1;
    return 'LOG_UNAVAILABLE';
  });
  const error = await countOn(stream, away).catch((refusal: unknown) => refusal);
  assert.ok(hasCode(error, 'LOG_UNAVAILABLE'), String(error));
  assert.is(tries, 1);
});

test.run();
