import * as assert from 'uvu/assert';
import { openEventStoreDb, openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { logCreatedSchema, streamOf } from '../../src/domain/events.ts';
import { hasCode } from '../../src/errors.ts';
import { copyLog } from '../../src/log/copyLog.ts';
import { BEGINNING, type EventStore } from '../../src/ports/eventStore.ts';
import { collect, event, eventsOf, newStream } from '../adapters/eventstore/helpers.ts';
import { brokenLog } from '../support/brokenLog.ts';
import { startFakeEventStoreDb } from '../support/fakeEventStoreDb/index.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('copying a log', { deadlineMs: 60_000 });
const database = await createDatabase();
const fake = await startFakeEventStoreDb();
const source = await openPostgresLog({ url: database.url });
const opened: EventStore[] = [source];
test.after(async () => {
  await Promise.all(opened.map((log) => log.close()));
  fake.stop();
  await database.drop();
});

/** Longer than two windows, streams that mix, one append that fills a whole append, and what is hard to store. */
test.before(async () => {
  const streams = Array.from({ length: 25 }, () => newStream());
  for (let round = 0; round < 10; round++) {
    for (const stream of streams) {
      await source.append(stream, eventsOf(20), round === 0 ? 'no_stream' : BigInt(round * 20 - 1));
    }
  }
  const odd = { b: 1, a: [null, true, { '10': 'x', '9': 'y' }], nul: '\u0000', half: '\ud800', greek: 'Ανώνυμη 📞' };
  await source.append(newStream('annotation'), [event(odd, 'NoteAdded')], 'no_stream');
  const big = newStream('manual');
  for (const expected of ['no_stream', 0n] as const) {
    await source.append(big, [event({ text: 'x'.repeat(900_000) })], expected);
  }
});

async function newLog(copiedFrom?: string): Promise<EventStore> {
  const schema = `log_${opened.length}`;
  const log = await openPostgresLog({ url: database.url, schema, ...(copiedFrom === undefined ? {} : { copiedFrom }) });
  opened.push(log);
  return log;
}

async function copyOf(log: EventStore): Promise<EventStore> {
  return newLog(await log.logId());
}

/** What a log holds but for its own id, stream by stream. */
async function told(log: EventStore) {
  const events = await collect(log.readAll(BEGINNING));
  return events
    .filter(({ stream }) => stream !== streamOf.log)
    .map(({ position: _, ...rest }) => rest)
    .sort((a, b) => (a.stream === b.stream ? Number(a.revision - b.revision) : a.stream < b.stream ? -1 : 1));
}

async function refusal(work: Promise<unknown>) {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

test('from PostgreSQL to PostgreSQL every event keeps its id, stream, revision and content', async () => {
  const copy = await copyOf(source);
  const events = await copyLog(source, copy);
  const original = await told(source);
  assert.is(events, original.length);
  assert.equal(await told(copy), original);
});

test('the copy has an id of its own and says of which log it is one', async () => {
  const copy = await copyOf(source);
  await copyLog(source, copy);
  const [first] = await collect(copy.readStream(streamOf.log));
  const created = logCreatedSchema.parse(first?.data);
  assert.is(created.copied_from, await source.logId());
  assert.is(created.log_id, await copy.logId());
  assert.is.not(created.log_id, created.copied_from);
});

test('to EventStoreDB and back again nothing changes', async () => {
  const middle = await openEventStoreDb({ url: fake.url, copiedFrom: await source.logId() });
  opened.push(middle);
  await copyLog(source, middle);
  assert.equal(await told(middle), await told(source));
  const back = await copyOf(middle);
  await copyLog(middle, back);
  assert.equal(await told(back), await told(source));
});

test('an interrupted copy goes on where it was, without what is there already', async () => {
  const copy = await copyOf(source);
  let appends = 0;
  const breaking = brokenLog(copy, () => (++appends > 40 ? 'LOG_UNAVAILABLE' : 'works'));
  assert.ok(hasCode(await refusal(copyLog(source, breaking)), 'LOG_UNAVAILABLE'));
  assert.ok((await told(copy)).length > 0);
  const looking = brokenLog(copy, () => 'works');
  await copyLog(source, looking);
  assert.equal(await told(copy), await told(source));

  const again = brokenLog(copy, () => 'works');
  await copyLog(source, again);
  const sent = again.appends.reduce((sum, append) => sum + append.events, 0);
  assert.ok(sent < 2_500, `a finished copy was sent ${sent} events again`);
});

test('what was appended since is copied by another run', async () => {
  const copy = await copyOf(source);
  await copyLog(source, copy);
  const before = (await told(copy)).length;
  await source.append(newStream(), eventsOf(3), 'no_stream');
  await copyLog(source, copy);
  assert.is((await told(copy)).length, before + 3);
});

test('nothing is copied into a log that has events of its own, or is a copy of another one', async () => {
  for (const target of [await newLog(), await newLog('3d7e0f0e-6f0c-4d57-9c2c-0e1f5c2f4b1a')]) {
    assert.ok(hasCode(await refusal(copyLog(source, target)), 'LOG_IS_ANOTHER'));
    assert.equal(await told(target), []);
  }
});

test('a copy into which something else was written is found', async () => {
  const copy = await copyOf(source);
  await copyLog(source, copy);
  await copy.append(newStream(), eventsOf(1), 'no_stream');
  assert.ok(hasCode(await refusal(copyLog(source, copy)), 'LOG_DIFFERS'));
});

test('what was deleted is not copied, although the store still holds it', async () => {
  const server = await startFakeEventStoreDb();
  try {
    const living = await openEventStoreDb({ url: server.url });
    opened.push(living);
    const [kept, soft, hard] = [newStream(), newStream(), newStream()];
    for (const stream of [kept, soft, hard]) await living.append(stream, eventsOf(2), 'no_stream');
    server.log.softDelete(soft);
    server.log.tombstone(hard);
    const copy = await copyOf(living);
    assert.is(await copyLog(living, copy), 2);
    assert.equal(new Set((await told(copy)).map(({ stream }) => stream)), new Set([kept]));
    await living.close();
  } finally {
    server.stop();
  }
});

test('progress is told step by step', async () => {
  const steps: string[] = [];
  let most = 0;
  await copyLog(source, await copyOf(source), ({ step, events }) => {
    if (steps.at(-1) !== step) steps.push(step);
    if (step === 'copying') most = Math.max(most, events);
  });
  assert.equal(steps, ['resuming', 'copying', 'comparing']);
  assert.is(most, (await told(source)).length);
});

test.run();
