import { once } from 'node:events';
import fc from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import * as assert from 'uvu/assert';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { hasCode } from '../../src/errors.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING } from '../../src/ports/eventStore.ts';
import { Projection } from '../../src/projections/following/projection.ts';
import { buildVersion } from '../../src/projections/index.ts';
import { changesAfter } from '../../src/projections/queries/changes.ts';
import { type Incoming, incomingOf } from '../../src/projections/tables/batch.ts';
import type { VersionTables } from '../../src/projections/tables/schema.ts';
import { suite } from '../support/suite.ts';
import { bytesOf } from './rebuild/bytes.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { customerRemoved, customerTold, type Told } from './support/events.ts';
import { forHistories, newVersion, shuffled } from './support/histories.ts';
import { catchUp, runProjector, silent, type TestReadModel, toRematch, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';
import { startWorker, workerReached } from './support/worker.ts';

const test = suite('calls of a number that is another’s now', { deadlineMs: 180_000 });

const RUNS = 12;
const FIRST_AT = 1_795_000_000_000_000;
const MINUTE = 60_000_000;
/** of the recordings */
const MISSED = '6955501234';
const ABANDONED = '6912342224';
const BUSY = '6945550486';

const change = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  numbers: fc.subarray([MISSED, ABANDONED, BUSY]),
  isRemoved: fc.boolean(),
  at: fc.nat({ max: 60 }).map((minute) => (FIRST_AT + minute * MINUTE) as Micros),
});
const history = fc.record({
  recordings: fc
    .array(fc.constantFrom('inbound-missed', 'inbound-abandoned', 'outbound-busy'), { minLength: 4, maxLength: 7 })
    .map((names) => names.map(demoRecording)),
  changes: fc.array(change, { minLength: 2, maxLength: 8 }),
  /** when the calls have ended */
  late: fc.array(change, { minLength: 2, maxLength: 6 }),
  order: fc.array(fc.nat(), { minLength: 300, maxLength: 300 }),
  parts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 10, maxLength: 10 }),
  /** what is matched again behind each part, and when the projector is another one */
  pages: fc.array(fc.record({ some: fc.nat({ max: 3 }), another: fc.boolean() }), { minLength: 10, maxLength: 10 }),
  size: fc.integer({ min: 1, max: 3 }),
});
type Drawn = typeof history extends fc.Arbitrary<infer T> ? T : never;

test('have the same rows in small pages, ended and gone on with, built or lived, as in one go', async () => {
  let waited = 0;
  await forHistories(history, RUNS, async (model, drawn, run) => {
    const facts = await sessionOf('pbx', 0, drawn.recordings, FIRST_AT as Micros);
    await new Appending(model.log).append([
      ...shuffled([...facts, ...told(drawn.changes)], drawn.order),
      ...told(drawn.late),
    ]);
    const atOnce = await newVersion(model, 3 * run);
    await catchUp(atOnce);
    await assertAgreesWithLog(atOnce);
    const expected = await bytesOf(model.pool, atOnce.version.schema);
    const lived = await newVersion(model, 3 * run + 1);
    waited += await live(lived, drawn);
    assert.equal(await bytesOf(model.pool, lived.version.schema), expected);
    const { version, ...built } = await newVersion(model, 3 * run + 2);
    const signal = new AbortController().signal;
    const bounds = { batch: 20, rematchedAtOnce: drawn.size };
    await buildVersion({ ...built, version, logger: silent, clock: systemClock, signal, ...bounds });
    assert.equal(await bytesOf(model.pool, version.schema), expected);
  });
  assert.ok(waited > 0, 'some calls waited');
});

/** How often calls waited. */
async function live(model: TestReadModel, { parts, pages, size }: Drawn): Promise<number> {
  const { pool, log, version } = model;
  const { schema, rules } = version;
  const begun = async () => {
    const projection = new Projection({ pool, log, schema, rules, clock: systemClock, rematchedAtOnce: size });
    await projection.resume();
    return projection;
  };
  let projection = await begun();
  let waited = 0;
  const events: Incoming[] = [];
  for await (const batch of log.readAll(BEGINNING)) events.push(...batch.map(incomingOf));
  for (let from = 0, part = 0; from < events.length; part += 1) {
    const to = from + (parts[part % parts.length] ?? 1);
    await projection.apply(events.slice(from, to));
    const { some, another } = pages[part % pages.length] ?? { some: 0, another: false };
    if (await toRematch(model)) waited += 1;
    for (let page = 0; page < some; page += 1) await projection.rematchSome();
    if (another) projection = await begun();
    from = to;
  }
  while (await projection.rematchSome());
  return waited;
}

test('are matched behind what is live, and all in the end, whoever has begun it', async () => {
  await withManyCalls(async (model, { appending, calls, head }) => {
    const projector = runProjector(model, silent, { rematchedAtOnce: 10 });
    await projector.reach(head);
    const position = await appending.append([customerTold('CustomerRegistered', 'late', ['+302109990000'], AFTER)]);
    await projector.reach(position);
    await projector.stop();
    assert.ok(await toRematch(model), 'calls wait still');
    const { rows } = await model.pool.query(`select id from ${model.version.schema}.customer order by id`);
    assert.equal(rows, [{ id: 'c' }, { id: 'late' }]);
    await catchUp(model);
    assert.equal(await ownersOf(model), [{ customer_id: 'c', calls }]);
  });
});

test('are told one by one up to some hundred, and beyond that readers begin anew, once', async () => {
  await withManyCalls(async (model) => {
    const before = await stand(model);
    await catchUp(model);
    const { seq, told } = await stand(model);
    assert.equal([seq - before.seq, told - before.told], [201n, 200n]);
    const dialect = new PostgresDialect({ pool: model.pool });
    const tables = new Kysely<VersionTables>({ dialect }).withSchema(model.version.schema);
    assert.is((await changesAfter(tables, before.seq, 10))?.length, 10);
    assert.is(await changesAfter(tables, seq - 1n, 10), null);
    assert.equal(await changesAfter(tables, seq, 10), []);
  });
});

test('are all matched by the next projector, and told of, when one is killed in between', async () => {
  await withManyCalls(async (model, { calls, head }) => {
    const before = await stand(model);
    // nobody gets beyond the last of them
    const holder = await model.pool.connect();
    await holder.query('begin');
    await holder.query(`select from ${model.version.schema}.crm_comms_log order by id desc limit 1 for update`);
    const worker = await startWorker(model.url, [model.version]);
    worker.send({ go: true });
    await workerReached(worker, head);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    assert.ok(await toRematch(model), 'calls wait still');
    await holder.query('rollback');
    holder.release();
    await catchUp(model);
    assert.equal(await ownersOf(model), [{ customer_id: 'c', calls }]);
    const { seq, told } = await stand(model);
    assert.equal([seq - before.seq, told - before.told], [201n, 200n]);
  });
});

test('are not matched by two projectors at once: one of them is fenced', async () => {
  await withManyCalls(async (model, { events, calls }) => {
    const { pool, log, version } = model;
    const options = { pool, log, schema: version.schema, rules: version.rules, clock: systemClock };
    const [one, other] = [new Projection(options), new Projection(options)];
    await one.resume();
    await one.apply(events);
    await other.resume();
    assert.ok(await one.rematchSome());
    const error: unknown = await other.rematchSome().catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'FENCED'), String(error));
    await other.resume();
    while (await other.rematchSome());
    assert.equal(await ownersOf(model), [{ customer_id: 'c', calls }]);
  });
});

const AFTER = (FIRST_AT + MINUTE) as Micros;
const CALLS = 1_700;

type ManyCalls = {
  readonly appending: Appending;
  readonly calls: bigint;
  /** whose number it is, which is not projected yet */
  readonly events: readonly Incoming[];
  readonly head: bigint;
};

/** A read model with many calls of one number, and a customer in the log who has it. */
async function withManyCalls(work: (model: TestReadModel, many: ManyCalls) => Promise<void>): Promise<void> {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    const projected = await appending.append(
      await sessionOf('pbx', 0, [demoRecording('inbound-missed')], FIRST_AT as Micros),
    );
    await catchUp(model);
    const rows = `${model.version.schema}.crm_comms_log`;
    await model.pool.query(
      `insert into ${rows} select (json_populate_record(row, json_build_object('id', gen_random_uuid(), 'ext_message_id', n))).*
       from ${rows} as row, generate_series(2, ${CALLS}) as n`,
    );
    const head = await appending.append([
      customerTold('CustomerRegistered', 'c', [{ number: MISSED, from: LONG_AGO }], AFTER),
    ]);
    const events: Incoming[] = [];
    for await (const batch of model.log.readAll(projected)) events.push(...batch.map(incomingOf));
    await work(model, { appending, calls: BigInt(CALLS), events, head });
  });
}

const LONG_AGO = toRfc3339(0 as Micros);

async function ownersOf({ pool, version }: TestReadModel) {
  const text = `select customer_id, count(*) as calls from ${version.schema}.crm_comms_log group by customer_id`;
  return (await pool.query(text)).rows;
}

/** The number of the last change, and how many are told. */
async function stand({ pool, version }: TestReadModel): Promise<{ seq: bigint; told: bigint }> {
  const { rows } = await pool.query(
    `select seq, (select count(*) from ${version.schema}.changes) as told from ${version.schema}.checkpoint`,
  );
  return rows[0];
}

function told(changes: Drawn['changes']): Told[] {
  return changes.map(({ id, numbers, isRemoved, at }) =>
    isRemoved ? customerRemoved(id, at) : customerTold('CustomerChanged', id, numbers, at),
  );
}

test.run();
