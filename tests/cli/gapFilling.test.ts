import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { createReplayServer } from '../../src/adapters/ami/index.ts';
import { connectionSettings } from '../../src/postgres.ts';
import { callRecords, postgresRecords } from '../support/callRecords.ts';
import { eventually } from '../support/eventually.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServe } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('serve beside a database of call records', { deadlineMs: 120_000 });
const demo = fileURLToPath(new URL('../../demo/', import.meta.url));

test('has the calls that came while it was not there, as soon as it is connected again', () =>
  inTemporaryFolder(async (folder) => {
    const [records, own] = [await createDatabase(), await createDatabase()];
    const pbx = await createReplayServer({
      recordings: [join(demo, 'outbound-busy.txt')],
      credentials: { username: 'crm', secret: 'only-for-this-test' },
      pace: 'recorded',
      shift: true,
    });
    const client = new pg.Client(connectionSettings(own.url));
    await client.connect();
    const settings = {
      DATABASE_URL: own.url,
      DATA_DIR: join(folder, 'data'),
      HTTP_PORT: '0',
      AMI_HOST: '127.0.0.1',
      AMI_PORT: String(pbx.port),
      AMI_USERNAME: 'crm',
      AMI_PASSWORD: 'only-for-this-test',
      CDR_DATABASE_URL: records.url,
      COUNTRY: 'GR',
    };
    const said = async (type: string) =>
      (await client.query("select 1 from log.event where stream = 'pbx-pbx' and type = $1", [type])).rows.length;
    try {
      const first = await startServe(settings);
      await eventually('the first connection', async () => (await said('PbxConnected')) === 1);
      const rows = () => client.query("select to_regclass('read_v1.crm_comms_log') is not null as are_there");
      await eventually('the tables of the rows', async () => (await rows()).rows[0].are_there);
      assert.is(await first.stop(), 0);
      assert.is(await said('PbxDisconnected'), 1);
      await write(records.url);

      const second = await startServe(settings);
      const recorded = async () =>
        (await client.query("select outcome, did from read_v1.crm_comms_log where source = 'cdr'")).rows;
      await eventually('the call from the records', async () => (await recorded()).length === 1, 60_000);
      assert.equal(await recorded(), [{ outcome: 'answered', did: '2101234567' }]);
      const became = async () => (await client.query('select outcome, records, calls from read_v1.gap_filling')).rows;
      await eventually('what became of the gap', async () => (await became()).length === 1);
      assert.equal(await became(), [{ outcome: 'filled', records: 1, calls: 1 }]);
      assert.is(await second.stop(), 0);
    } finally {
      await client.end();
      await pbx.close();
      await Promise.all([records.drop(), own.drop()]);
    }
  }));

test.run();

/** The record of a call that begins now. */
async function write(url: string): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  const [one] = callRecords();
  const calldate = new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const id = `${second}.4711`;
  const record = new Map([...(one ?? []), ['uniqueid', id], ['linkedid', id], ['calldate', calldate]]);
  const client = new pg.Client(connectionSettings(url));
  await client.connect();
  try {
    await client.query(postgresRecords([record]));
  } finally {
    await client.end();
  }
}
