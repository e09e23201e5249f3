import pg from 'pg';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { connectionSettings } from '../../../src/postgres.ts';
import { eventually } from '../../support/eventually.ts';
import { eventText, fakePbx, SECRET } from '../../support/fakePbx.ts';
import { factsOf, fieldOfFact } from '../../support/listening.ts';
import { createDatabase } from '../../support/postgres.ts';
import { command, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a serve that has lost its lock', { deadlineMs: 120_000 });
const LOCK = 7_266_001;

test('says so in its log, in /readyz and for each PBX, stores nothing, and stores all when it has it again', () =>
  inTemporaryFolder(async (folder) => {
    const database = await createDatabase();
    const pbx = await fakePbx(async (client) => {
      await client.welcome();
      await client.pong();
    });
    const say = (n: number) =>
      pbx.clients[0]?.send(eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1', N: String(n) }));
    const settings = {
      AMI_HOST: pbx.host,
      AMI_PORT: String(pbx.port),
      AMI_USERNAME: 'crm',
      AMI_PASSWORD: SECRET,
      HTTP_PORT: '0',
      DATABASE_URL: database.url,
      DATA_DIR: folder,
    };
    const served = await startServe(settings);
    const token = (await command(['token', '--role', 'auditor'], settings)).stdout.trim();
    const readyz = async () => {
      const response = await fetch(`${served.url}/readyz`, { headers: { authorization: `Bearer ${token}` } });
      return { status: response.status, text: await response.text() };
    };
    const log = await openPostgresLog({ url: database.url });
    const stored = async () => (await factsOf(log, 'pbx')).map((fact) => Number(fieldOfFact(fact, 'N')));
    await eventually('it listens', () => pbx.clients[0]?.isWelcome === true);
    say(0);
    await eventually('it stores', async () => (await stored()).length === 1);

    // another waits for the lock, and has it as soon as its holder has lost it
    const other = new pg.Client(connectionSettings(database.url));
    await other.connect();
    const taken = other.query('select pg_advisory_lock($1)', [LOCK]);
    const operator = new pg.Client(connectionSettings(database.url));
    await operator.connect();
    await operator.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objid = $1
        and database = (select oid from pg_database where datname = current_database())`,
      [LOCK],
    );
    await taken;
    await eventually('it says so', () => served.stderr().includes('another `serve` has taken the lock'));
    for (let n = 1; n < 50; n += 1) say(n);
    await eventually('it is heard', async () => /: \d+ kB wait in the journal/.test((await readyz()).text));
    const { status, text } = await readyz();
    assert.is(status, 503);
    assert.match(text, 'another `serve` has it');
    assert.equal(await stored(), [0]);

    await other.end();
    await eventually('all is stored', async () => (await stored()).length === 50);
    assert.equal(
      await stored(),
      Array.from({ length: 50 }, (_, n) => n),
    );
    assert.is((await readyz()).status, 200);
    assert.is(await served.stop(), 0, served.stderr());
    await Promise.all([operator.end(), log.close(), pbx.close()]);
    await database.drop();
  }));

test.run();
