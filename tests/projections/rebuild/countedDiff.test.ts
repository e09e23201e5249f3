import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { v4 as uuid } from 'uuid';
import * as assert from 'uvu/assert';
import { hasCode } from '../../../src/errors.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { type Diff, type DiffSummary, diffColumns } from '../../../src/ports/rebuilds.ts';
import { createPool } from '../../../src/postgres.ts';
import type { Compared } from '../../../src/projections/diff/compared.ts';
import { countedDiff, diffVersions } from '../../../src/projections/diff/diffVersions.ts';
import { eventually } from '../../support/eventually.ts';
import { newSeed, Random } from '../../support/random.ts';
import { suite } from '../../support/suite.ts';
import { Appending } from '../support/appending.ts';
import { customerTold } from '../support/events.ts';
import { RULES, type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { rebuildsOf, rebuilt, runAll, versionOf } from './support.ts';

const test = suite('what differs between two versions, counted in stretches', { deadlineMs: 90_000 });

/** So far both have projected the log; rows beyond have facts that one of them lacks. */
const REACHED = 1_000;
const ONE_STRETCH = { budgetMs: 0, rows: 3 };

test('is as one comparison of all rows finds it, however large the stretches are', async () => {
  await withTwoVersions(async ({ pool }, versions) => {
    const seed = newSeed();
    const random = new Random(seed);
    for (let round = 0; round < 12; round += 1) {
      await fill(pool, random, random.below(120));
      const counted = await countAll(pool, versions, () => ({ budgetMs: 0, rows: 1 + random.below(50) }));
      const about = `seed ${seed}, round ${round}`;
      assert.equal(summaryOf(counted), await comparedAtOnce(pool), about);
      assert.ok(counted.complete && counted.counted?.isWhole, about);
      assert.equal(Object.keys(counted.byField), Object.keys((await diffVersions(pool, versions)).byField), about);
    }
  });
});

test('is told as a part until all is counted, and is not counted by who only reads it', async () => {
  await withTwoVersions(async ({ pool }, versions) => {
    await fill(pool, new Random(7));
    const nothing = await countedDiff(pool, versions);
    assert.equal([nothing.counted, nothing.complete], [null, false]);
    const first = await diffVersions(pool, versions, ONE_STRETCH);
    assert.equal([first.counted?.isWhole, first.complete], [false, false]);
    assert.ok((first.counted?.share ?? 1) < 1);
    assert.equal(withoutShare(await countedDiff(pool, versions)), withoutShare(first));
    const second = await diffVersions(pool, versions, ONE_STRETCH);
    assert.is(second.counted?.from, first.counted?.from);
    assert.ok((second.counted?.to ?? '') > (first.counted?.to ?? ''));
  });
});

test('is gone on with after whoever counts is killed, by one at a time, and a failure is told', async () => {
  await withTwoVersions(async ({ pool, url }, versions) => {
    await fill(pool, new Random(11));
    const before = await diffVersions(pool, versions, ONE_STRETCH);
    const impatient = createPool(url, { statementTimeoutMs: 500 });
    const holder = await pool.connect();
    try {
      await holder.query('begin; lock table read_v2.crm_comms_log in access exclusive mode');
      const killed = diffVersions(pool, versions, ONE_STRETCH).then(
        () => 'counted',
        () => 'killed',
      );
      const counting = () => backendsThatWait(impatient);
      await eventually('it counts', async () => (await counting()).length === 1);
      assert.equal(withoutShare(await diffVersions(impatient, versions, ONE_STRETCH)), withoutShare(before));
      const [pid] = await counting();
      await impatient.query('select pg_terminate_backend($1)', [pid]);
      assert.is(await killed, 'killed');
      const error = await diffVersions(impatient, versions, ONE_STRETCH).catch((reason: unknown) => reason);
      assert.match(String(error), 'statement timeout');
      assert.equal(withoutShare(await countedDiff(pool, versions)), withoutShare(before));
    } finally {
      await holder.query('rollback');
      holder.release();
      await impatient.end();
    }
    const after = await countAll(pool, versions, () => ONE_STRETCH);
    assert.is(after.counted?.from, before.counted?.from);
    assert.equal(summaryOf(after), await comparedAtOnce(pool));
  });
});

test('stands for a while where there are many rows, as of when they were counted, then is counted anew', async () => {
  await withTwoVersions(async ({ pool }, versions) => {
    const random = new Random(13);
    await fill(pool, random);
    const counted = await diffVersions(pool, versions);
    await pool.query('update commslog.diff_count set rows = 5000000');
    assert.equal(await diffVersions(pool, versions), counted, 'nothing has moved');
    await fill(pool, random);
    assert.equal(await diffVersions(pool, versions), counted, 'it is as of when it was counted');
    await pool.query("update commslog.diff_count set told_at = told_at - interval '11 min'");
    const anew = await diffVersions(pool, versions);
    assert.equal(summaryOf(anew), await comparedAtOnce(pool));
    assert.ok((anew.counted?.from ?? '') > (counted.counted?.from ?? ''));
  });
});

test('is counted anew once the version has caught up', async () => {
  await withTwoVersions(async ({ pool }, versions) => {
    await fill(pool, new Random(17));
    await pool.query('update read_v2.checkpoint set position = $1', [REACHED / 2]);
    const behind = await diffVersions(pool, versions);
    assert.equal([behind.counted?.isWhole, behind.complete], [true, false]);
    assert.equal(summaryOf(behind), await comparedAtOnce(pool, REACHED / 2));
    await pool.query('update commslog.diff_count set rows = 5000000');
    await pool.query('update read_v2.checkpoint set position = $1', [REACHED]);
    const caughtUp = await diffVersions(pool, versions);
    assert.ok(caughtUp.complete);
    assert.equal(summaryOf(caughtUp), await comparedAtOnce(pool));
  });
});

test('is counted anew once the last call that waits is folded, which moves no position', async () => {
  await withTwoVersions(async ({ pool }, versions) => {
    await fill(pool, new Random(19));
    await pool.query('insert into read_v2.fold_waiting (group_id) values (1)');
    const waiting = await diffVersions(pool, versions);
    assert.equal([waiting.counted?.isWhole, waiting.complete], [true, false]);
    await pool.query("update read_v2.crm_comms_log set outcome = 'missed'");
    await pool.query('delete from read_v2.fold_waiting');
    const folded = await diffVersions(pool, versions);
    assert.ok(folded.complete);
    assert.equal(summaryOf(folded), await comparedAtOnce(pool));
  });
});

test('is counted to its end, and nothing, for the active version itself', async () => {
  await withTwoVersions(async ({ pool }, { before }) => {
    await fill(pool, new Random(23));
    const { added, removed, changed, complete, counted } = await diffVersions(pool, { before, after: before });
    assert.equal([added, removed, changed, complete, counted?.isWhole], [0, 0, 0, true, true]);
  });
});

test('is right while calls and customers come in, and in the end of all of them', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    const recordings = ['inbound-answered', 'inbound-missed', 'outbound-answered'].map(demoRecording);
    const at = systemClock.now();
    await appending.append([
      customerTold('CustomerRegistered', 'a', ['6912345678'], at),
      ...(await sessionOf('pbx', 0, recordings)),
    ]);
    const running = runAll(model);
    try {
      const rebuilds = rebuildsOf(model);
      await rebuilt(rebuilds, { ...RULES, own_numbers: ['+306912345678'] });
      const versions = await versionsOf(model);
      await atTheEnd(model);
      for (let n = 1; n < 6; n += 1) {
        const [, diff] = await Promise.all([
          (async () => {
            await appending.append([
              ...(await sessionOf('pbx', n, recordings)),
              customerTold('CustomerRegistered', `b${n}`, [`69123456${n}0`], at),
            ]);
          })(),
          diffVersions(model.pool, versions, { budgetMs: 0, rows: 1 }),
        ]);
        assert.is(diff.added + diff.removed, 0);
      }
      await atTheEnd(model);
      await countAll(model.pool, versions, () => ({ budgetMs: 0, rows: 1 }));
      const anew = await diffVersions(model.pool, versions);
      assert.ok(anew.changed > 0 && anew.complete, 'something changes');
      assert.equal(summaryOf(anew), await comparedAtOnce(model.pool, Number(await model.log.head())));
    } finally {
      await running.stop();
    }
  });
});

test('ends by a word that says so when the version is dropped while it is counted, and is forgotten', async () => {
  await withReadModel(async (model) => {
    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    const running = runAll(model);
    const rebuilds = rebuildsOf(model);
    try {
      await rebuilt(rebuilds);
      await rebuilds.diff(2);
      let failed: unknown;
      const counting = (async () => {
        for (;;) await rebuilds.diff(2);
      })().catch((error: unknown) => {
        failed = error;
      });
      await rebuilds.drop(2);
      await counting;
      assert.ok(hasCode(failed, 'CONFLICT'), String(failed));
      await rebuilt(rebuilds);
      await rebuilds.diff(3);
      const { rows } = await model.pool.query('select before, after from commslog.diff_count');
      assert.equal(rows, [{ before: 1, after: 3 }]);
    } finally {
      await running.stop();
    }
  });
});

test('is not begun while the version is built', async () => {
  await withTwoVersions(async ({ pool }, { before, after }) => {
    const diff = await diffVersions(pool, { before, after: { ...after, state: 'building' } });
    assert.equal([diff.counted, diff.complete], [null, false]);
  });
});

function summaryOf({ added, removed, changed, byField }: Diff): DiffSummary {
  return { added, removed, changed, byField: Object.fromEntries(Object.entries(byField).toSorted()) };
}

/** How much it is of all is an estimate by statistics, which PostgreSQL renews when it likes. */
function withoutShare({ counted, ...diff }: Diff) {
  return { ...diff, counted: counted && { ...counted, share: null } };
}

/** Asks until all is counted, each time as another server would. */
async function countAll(pool: pg.Pool, versions: Compared, how: () => { budgetMs?: number; rows?: number }) {
  for (;;) {
    const diff = await diffVersions(pool, versions, how());
    if (diff.counted?.isWhole) return diff;
  }
}

/** Both versions have projected all, and nothing waits. */
async function atTheEnd(model: TestReadModel): Promise<void> {
  const head = await model.log.head();
  await eventually('both have come to the end', async () => {
    const { rows } = await model.pool.query(
      `select position from read_v1.checkpoint union all select position from read_v2.checkpoint
       union all select 0 from read_v1.fold_waiting union all select 0 from read_v2.fold_waiting
       union all select 0 from read_v1.number_rematch union all select 0 from read_v2.number_rematch`,
    );
    return rows.every(({ position }) => position >= head);
  });
}

async function backendsThatWait(pool: pg.Pool): Promise<readonly number[]> {
  const { rows } = await pool.query(
    `select pid from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}

async function versionsOf(model: TestReadModel): Promise<Compared> {
  return { before: await versionOf(model, 1), after: await versionOf(model, 2) };
}

/** Two built versions that nobody follows. */
async function withTwoVersions(work: (model: TestReadModel, versions: Compared) => Promise<void>): Promise<void> {
  await withReadModel(async (model) => {
    const running = runAll(model);
    await rebuilt(rebuildsOf(model));
    await running.stop();
    await work(model, await versionsOf(model));
  });
}

/** Puts other rows into both versions; of some, one has facts that the other has not projected. */
async function fill(pool: pg.Pool, random: Random, rows = 60): Promise<void> {
  const [before, after]: [object[], object[]] = [[], []];
  for (let n = rows; n > 0; n -= 1) {
    const row = rowOf(random);
    const kind = random.below(6);
    if (kind !== 0) before.push(row);
    if (kind !== 1) after.push(kind < 4 ? row : { ...row, ...otherwise(random) });
  }
  for (const [schema, those] of Object.entries({ read_v1: before, read_v2: after })) {
    await pool.query(`delete from ${schema}.crm_comms_log`);
    await pool.query(
      `insert into ${schema}.crm_comms_log select * from json_populate_recordset(null::${schema}.crm_comms_log, $1)`,
      [JSON.stringify(those)],
    );
    await pool.query(`update ${schema}.checkpoint set position = $1, retries = retries + 1`, [REACHED]);
  }
}

function rowOf(random: Random) {
  const id = uuid();
  return {
    id,
    pbx: 'pbx',
    ext_message_id: id,
    type: 'call',
    source: 'pbx',
    direction: random.pick(['inbound', 'outbound']),
    outcome: 'answered',
    match: { status: 'unmatched' },
    extensions: [],
    rang: ['101'],
    // many at one time
    occurred_at: `2026-11-${10 + random.below(4)}T10:00:00Z`,
    body: '',
    notes: [],
    segments: [],
    legs: [],
    incomplete: [],
    why: {},
    derivation: 'x',
    position: position(random),
    annotation_revision: -1,
  };
}

function otherwise(random: Random): object {
  return random.pick<() => object>([
    () => ({ customer_id: 'c-1', match: { status: 'matched' } }),
    () => ({ direction: 'internal', extensions: ['101'] }),
    () => ({ occurred_at: '2026-11-12T11:00:00Z', duration_seconds: 3 }),
    () => ({ done_at: '2026-11-12T11:00:00Z' }),
    () => ({ notes: [{ text: 'x' }] }),
    // no reader sees these
    () => ({ why: { direction: { rule: 'x' } }, derivation: 'y', number_key: '1', position: position(random) }),
  ])();
}

function position(random: Random): number {
  return random.chance(0.1) ? REACHED + 1 : random.below(REACHED);
}

/** What all rows of both say, compared here. */
async function comparedAtOnce(pool: pg.Pool, reached = REACHED): Promise<DiffSummary> {
  const rowsOf = async (schema: string) => {
    const { rows } = await pool.query(`select * from ${schema}.crm_comms_log`);
    return new Map<string, Record<string, unknown>>(rows.map((row) => [row.id, row]));
  };
  const [before, after] = [await rowsOf('read_v1'), await rowsOf('read_v2')];
  const counts = { added: 0, removed: 0, changed: 0 };
  const byField = new Map<string, number>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id), after.get(id)];
    if ([was, is].some((row) => Number(row?.position ?? 0) > reached)) continue;
    if (!was) counts.added += 1;
    if (!is) counts.removed += 1;
    if (!was || !is) continue;
    const fields = diffColumns.filter((field) => !isDeepStrictEqual(was[field], is[field]));
    if (fields.length > 0) counts.changed += 1;
    for (const field of fields) byField.set(field, (byField.get(field) ?? 0) + 1);
  }
  return { ...counts, byField: Object.fromEntries([...byField].toSorted()) };
}

test.run();
