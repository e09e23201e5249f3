import { pino } from 'pino';
import * as assert from 'uvu/assert';
import type { EmbeddedState } from '../../src/adapters/postgres/index.ts';
import { watchHealth } from '../../src/cli/serving/health.ts';
import { identityOf } from '../../src/cli/serving/identity.ts';
import { ownServer } from '../../src/cli/serving/ownServer.ts';
import type { Run } from '../../src/cli/serving/run.ts';
import { Closing } from '../../src/cli/serving/shutdown.ts';
import { NO_WORK, type Work } from '../../src/cli/serving/work.ts';
import { loadConfig } from '../../src/config.ts';
import { derivationOf } from '../../src/domain/derivation.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import type { HealthReport } from '../../src/ports/health.ts';
import { leaseOnPbx } from '../../src/ports/lease.ts';
import { seeRules } from '../../src/projections/index.ts';
import { markObstacle } from '../../src/projections/tables/versions.ts';
import { pbxState } from '../health/support.ts';
import { catchUp, type TestReadModel, withReadModel } from '../projections/support/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { listening } from '../support/listening.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('what readiness says');

const GERMAN = defaultRules('DE');

test('tells what waits beside the checks, which pass all the same', async () => {
  await withReadModel(async (model) => {
    await catchUp(model);
    await seeRules(model.db, GERMAN);
    const { checks, waiting } = await healthOf(model);
    assert.equal(
      Object.entries(checks).map(([name, { status }]) => `${name} ${status}`),
      ['database pass', 'servers pass', 'log pass', 'projection pass', 'disk pass'],
    );
    assert.equal(waiting?.rebuild, { reason: 'rules', derivation: derivationOf(GERMAN) });
  });
});

test('says of an embedded PostgreSQL that has ended why it did, and what becomes of it', async () => {
  await withReadModel(async (model) => {
    const database = async (state: EmbeddedState) => {
      const embedded = { state: () => state, restarts: () => 0 };
      const { checks } = await healthOf(model, { database: { url: model.url, embedded } });
      return checks.database;
    };
    assert.equal(await database({ state: 'running' }), { status: 'pass', detail: 'answers' });
    assert.equal(await database({ state: 'ended', reason: 'SIGKILL' }), {
      status: 'fail',
      detail: 'the embedded PostgreSQL was ended (SIGKILL) and is being started again',
    });
    const full = await database({ state: 'failing', reason: 'PostgreSQL 53100', policy: 'person' });
    assert.is(full?.status, 'fail');
    assert.match(full?.detail ?? '', '(PostgreSQL 53100): somebody has to act');
  });
});

test('fails when the active version does not go on before a person acts, and says why', async () => {
  await withReadModel(async (model) => {
    await catchUp(model);
    await markObstacle(model.db, model.version, 'the disk is full');
    const { checks, waiting } = await healthOf(model);
    assert.equal(checks.projection, { status: 'fail', detail: 'version 1 does not go on: the disk is full' });
    assert.equal(waiting?.stuck, [{ version: 1, error: 'the disk is full' }]);
  });
});

test('tells nothing of what waits while PostgreSQL does not answer', async () => {
  await withReadModel(async (model) => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const { checks, waiting } = await healthOf(model, { database: { url, embedded: null } });
    assert.equal([checks.database?.status, checks.log?.status, waiting], ['fail', 'pass', null]);
  });
});

test('warns of a PBX whose words are not stored, although it is connected and the log answers', async () => {
  await withReadModel(async (model) => {
    const frame = eventText('Newstate', { Uniqueid: '1.1', Linkedid: '1.1' });
    const so = await listening(model.log, (client) => client.send(frame), {
      fate: (stream) => (stream.startsWith('pbx-') ? 'works' : 'LOG_STORAGE_FAILED'),
    });
    const pbxCheck = async () => {
      const { checks } = await healthOf(
        model,
        {},
        {
          leases: {
            states: () => new Map([[leaseOnPbx(so.pbx), 'held']]),
            tryTake: async () => null,
            wanted: () => null,
          },
          pbxStates: () => [so.listener.state()],
        },
      );
      return checks[`pbx ${so.pbx}`];
    };
    await eventually('it warns', async () => (await pbxCheck())?.status === 'warn');
    assert.match((await pbxCheck())?.detail ?? '', 'cannot store before somebody acts (LOG_STORAGE_FAILED)');
    so.fate = () => 'works';
    await eventually('it passes', async () => (await pbxCheck())?.status === 'pass');
    await so.end();
  });
});

test('warns of facts that the log has refused, and names the command that appends them again', async () => {
  await withReadModel(async (model) => {
    const refusedFacts = { keep: () => true, state: () => ({ kept: 3, lost: 2 }) };
    const { checks } = await healthOf(model, {}, { refusedFacts });
    const { status, detail } = checks['refused facts'] ?? {};
    assert.is(status, 'warn');
    for (const said of ['refused 3', '`commslog refused append`', '2 more']) assert.match(detail ?? '', said);
  });
});

test('warns of a gap of the last day that is not filled, of a PBX that is still listened to', async () => {
  await withReadModel(async (model) => {
    await catchUp(model);
    const ago = (hours: number) => `now() - interval '${hours} hours'`;
    await model.pool.query(`insert into ${model.version.schema}.pbx_session
      (pbx, session, connected_at, disconnected_at, last_heard_at, reason, pbx_went_down) values
      ('main', 0, ${ago(72)}, ${ago(48)}, ${ago(48)}, 'STOPPED', false),
      ('main', 3, ${ago(40)}, ${ago(3)}, ${ago(3)}, 'AMI_CONNECTION_LOST', false),
      ('main', 6, ${ago(2)}, null, null, null, false),
      ('once', 0, ${ago(72)}, ${ago(48)}, ${ago(48)}, 'STOPPED', false)`);
    const work = { pbxStates: () => [pbxState()] };
    const { gaps } = (await healthOf(model, {}, work)).checks;
    assert.is(gaps?.status, 'warn');
    assert.match(gaps?.detail ?? '', 'main was not heard for 60 min in a gap, not filled');
    await model.pool.query(`insert into ${model.version.schema}.gap_filling
      values ('main', 6, 7, now(), 'filled', 4, 2, null, true)`);
    assert.is((await healthOf(model, {}, work)).checks.gaps, undefined);
  });
});

function healthOf(
  { url, log }: TestReadModel,
  parts: Partial<Parameters<typeof watchHealth>[1]> = {},
  work: Partial<Work> = {},
): Promise<HealthReport> {
  return inTemporaryFolder(async (folder) => {
    const stopping = new AbortController();
    const run: Run = {
      config: loadConfig({ DATA_DIR: folder, DATABASE_URL: url }),
      isDemo: false,
      isHttpOnly: false,
      logger: pino({ level: 'silent' }),
      stop: { signal: stopping.signal, fail: () => stopping.abort(), error: () => null },
      closing: new Closing(),
      troubles: new Map(),
    };
    try {
      const health = await watchHealth(run, {
        database: { url, embedded: null },
        log,
        self: await ownServer(run, await identityOf(run), log),
        work: { ...NO_WORK, ...work },
        ...parts,
      });
      return health.report();
    } finally {
      stopping.abort();
      await run.closing.close(run.logger);
    }
  });
}

test.run();
