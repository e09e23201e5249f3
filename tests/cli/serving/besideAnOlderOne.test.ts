import pg from 'pg';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { connectionSettings } from '../../../src/postgres.ts';
import { pause } from '../../../src/retry.ts';
import { eventually } from '../../support/eventually.ts';
import { eventText, fakePbx, SECRET } from '../../support/fakePbx.ts';
import { factsOf, fieldOfFact } from '../../support/listening.ts';
import { createDatabase } from '../../support/postgres.ts';
import { command, startServe } from '../../support/program.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a serve beside one of a release that knows no leases', { deadlineMs: 120_000 });
/** Such a one holds it alone for as long as it lives. */
const LOCK = 7_266_001;
/** The API answers one who asks 600 times a minute. */
const ASK_EVERY_MS = 150;

test('answers HTTP, stores nothing, says whom it stands by for, and goes to work when that one has ended', () =>
  inTemporaryFolder(async (folder) => {
    const database = await createDatabase();
    const older = new pg.Client(connectionSettings(database.url));
    await older.connect();
    await older.query('select pg_advisory_lock($1)', [LOCK]);
    const pbx = await fakePbx(async (client) => {
      await client.welcome();
      await client.pong();
    });
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
      await pause(ASK_EVERY_MS);
      const response = await fetch(`${served.url}/readyz`, { headers: { authorization: `Bearer ${token}` } });
      return response.text();
    };
    const log = await openPostgresLog({ url: database.url });
    const stored = async () => (await factsOf(log, 'pbx')).map((fact) => Number(fieldOfFact(fact, 'N')));
    assert.match(await readyz(), 'a `serve` of an older release listens');
    assert.equal(await stored(), []);

    await older.end();
    await eventually('it listens', async () => /"pbx pbx":{"status":"pass","detail":"Connected/.test(await readyz()));
    pbx.clients.at(-1)?.send(eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1', N: '7' }));
    await eventually('it stores', async () => (await stored()).includes(7));
    assert.is(await served.stop(), 0, served.stderr());
    await Promise.all([log.close(), pbx.close()]);
    await database.drop();
  }));

test.run();
