import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { openEventStoreDb, openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { peopleMetadataSchema, streamOf } from '../../src/domain/events.ts';
import { hasCode } from '../../src/errors.ts';
import { createAuditTrail } from '../../src/log/auditTrail.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { event } from '../adapters/eventstore/helpers.ts';
import { brokenLog } from '../support/brokenLog.ts';
import { startFakeEventStoreDb } from '../support/fakeEventStoreDb/index.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('the record of who read what');
const database = await createDatabase();
const fake = await startFakeEventStoreDb();
const logs: Record<string, EventStore> = {
  PostgreSQL: await openPostgresLog({ url: database.url }),
  EventStoreDB: await openEventStoreDb({ url: fake.url }),
};
test.after(async () => {
  await Promise.all(Object.values(logs).map((log) => log.close()));
  fake.stop();
  await database.drop();
});

const by = { actor: { sub: 'auditor-1', role: 'auditor' }, requestId: 'request-1' } as const;
const rules = () => ({ ...event({}, 'RulesAccepted'), metadata: { v: 1, recorded_at: '2026-11-01T00:00:00.000000Z' } });

for (const [name, log] of Object.entries(logs)) {
  test(`in ${name} nothing is lost when many read at once, in several processes`, async () => {
    await log.append(streamOf.rules, [rules()], 'no_stream');
    const processes = [1, 2, 3].map(() => createAuditTrail({ log, clock: systemClock }));
    const read = Array.from({ length: 60 }, () => randomUUID());
    await Promise.all(
      read.map((entry_id, i) => processes[i % 3]?.record({ type: 'RawFactsRead', data: { entry_id } }, by)),
    );
    const { items, next } = await createAuditTrail({ log, clock: systemClock }).list(null, 100);
    assert.equal(new Set(items.map(({ data }) => data.entry_id)), new Set(read));
    assert.is(next, null);
    const metadata = peopleMetadataSchema.parse(items[0]?.metadata);
    assert.equal([metadata.actor, metadata.request_id], [by.actor, by.requestId]);
  });
}

test('a log that is away refuses a record, and takes the next one', async () => {
  const [log] = Object.values(logs);
  if (!log) throw new Error('no log');
  let away = true;
  const trail = createAuditTrail({
    log: brokenLog(log, () => (away ? 'LOG_UNAVAILABLE' : 'works')),
    clock: systemClock,
  });
  const fact = { type: 'RawFactsRead', data: { entry_id: randomUUID() } } as const;
  const error = await trail.record(fact, by).catch((refusal: unknown) => refusal);
  assert.ok(hasCode(error, 'LOG_UNAVAILABLE'));
  away = false;
  await trail.record(fact, by);
  const { items } = await trail.list(null, 1);
  assert.equal(items[0]?.data, fact.data);
});

test('a log that has no rules yet has no record either', async () => {
  const other = await openPostgresLog({ url: database.url, schema: 'other_log' });
  try {
    assert.equal(await createAuditTrail({ log: other, clock: systemClock }).list(null, 10), { items: [], next: null });
  } finally {
    await other.close();
  }
});

test.run();
