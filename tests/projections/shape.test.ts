import * as assert from 'uvu/assert';
import { createReadModel, migrate } from '../../src/projections/index.ts';
import { COLUMNS } from '../../src/projections/tables/completeVersions.ts';
import { BESIDE } from '../../src/projections/tables/forReaders.ts';
import { suite } from '../support/suite.ts';
import { ADMIN, rebuildsOf, rebuilt, runAll, versionOf } from './rebuild/support.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { catchUp, silent, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('a version of another shape', { deadlineMs: 60_000 });

/** PostgreSQL keeps them; a version that lacks them gets them whole. */
const KEPT_BESIDE = Object.keys(BESIDE);

test('that an earlier program made is served and fed with what it lacks as null, until the next is activated', async () => {
  await withReadModel(async (model) => {
    const { pool, db, url, log } = model;
    const appending = new Appending(log);
    await appending.append(await sessionOf('old', 0, [demoRecording('inbound-answered')]));
    await catchUp(model);
    await pool.query(`
      alter table read_v1.crm_comms_log drop column trunk, drop column rang;
      alter table read_v1.pbx_session drop column listed_at;
      alter table read_v1.checkpoint drop column retries;
      drop table read_v1.manual_merge, read_v1.gap_filling`);
    await migrate(db);

    const readModel = createReadModel({ pool, url, logger: silent });
    const [old] = (await readModel.list({}, null, 10)).items;
    assert.equal([old?.trunk, old?.rang, old?.outcome], [null, null, 'answered']);
    const running = runAll(model);
    await appending.append(await sessionOf('new', 0, [demoRecording('inbound-transferred')]));
    const rebuilds = rebuildsOf(model);
    const { version } = await rebuilt(rebuilds);
    await rebuilds.activate(version, { force: false }, ADMIN);
    const { items } = await readModel.list({}, null, 10);
    assert.ok(items.length === 2 && items.every(({ trunk, rang }) => trunk !== null && rang.length > 0));
    await running.stop();
    await readModel.close();
    await assertAgreesWithLog({ ...model, version: await versionOf(model, version) });

    const { rows } = await pool.query(
      `select pbx, rang is null as lacks from read_v1.crm_comms_log order by occurred_at, pbx`,
    );
    assert.equal(
      rows.toSorted((a, b) => (a.pbx < b.pbx ? -1 : 1)),
      [
        { pbx: 'new', lacks: false },
        { pbx: 'old', lacks: true },
      ],
    );
  });
});

test('is told from one of this program’s by every column that PostgreSQL knows of it', async () => {
  await withReadModel(async ({ pool }) => {
    const { rows } = await pool.query(
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'read_v1' and not table_name = any($1)`,
      [KEPT_BESIDE],
    );
    assert.equal(
      rows.map(({ name }) => name).toSorted(),
      COLUMNS.map(({ table, column }) => `${table}.${column}`).toSorted(),
    );
  });
});

test.run();
