import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { channelsListedSchema, pbxDisconnectedSchema } from '../../../src/domain/connectionEvents.ts';
import { fromRfc3339 } from '../../../src/domain/time.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { fakePbx, SECRET } from '../../support/fakePbx.ts';
import { factsOf, readStream } from '../../support/listening.ts';
import { createDatabase } from '../../support/postgres.ts';
import { startServe } from '../../support/program.ts';
import { answerAs, REPORTING } from '../../support/recordedAnswers.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('a serve that was killed', { deadlineMs: 120_000 });

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
test.after(async () => {
  await log.close();
  await database.drop();
});

test('and comes back: the log tells how long it did not hear, and which channels were open then', () =>
  inTemporaryFolder(async (folder) => {
    const pbx = await fakePbx(async (client) => {
      await client.welcome();
      await answerAs(client, REPORTING);
    });
    const settings = {
      AMI_HOST: pbx.host,
      AMI_PORT: String(pbx.port),
      AMI_USERNAME: 'crm',
      AMI_PASSWORD: SECRET,
      DATABASE_URL: database.url,
      HTTP_PORT: '0',
      DATA_DIR: folder,
    };
    const ofThePbx = () => readStream(log, 'pbx-pbx');
    const lists = async () => (await ofThePbx()).filter(({ type }) => type === 'ChannelsListed');
    const seen = async () => (await factsOf(log, 'pbx')).filter(({ type }) => type === 'ChannelSeen');

    const before = await startServe(settings);
    await eventually('the open channels are listed', async () => (await lists()).length === 1);
    const [killedAt] = [systemClock.now(), await before.stop('SIGKILL')];

    const after = await startServe(settings);
    await eventually('they are listed again', async () => (await lists()).length === 2);
    assert.is(await after.stop(), 0);
    await pbx.close();

    assert.equal(
      (await ofThePbx()).map(({ type }) => type),
      ['PbxConnected', 'ChannelsListed', 'PbxDisconnected', 'PbxConnected', 'ChannelsListed', 'PbxDisconnected'],
    );
    const [end, last] = (await ofThePbx()).flatMap(({ type, data }) =>
      type === 'PbxDisconnected' ? [pbxDisconnectedSchema.parse(data)] : [],
    );
    assert.equal([end?.reason, end?.session, end?.pbx_went_down], ['KILLED', 0, false]);
    const unheardMicros = killedAt - (fromRfc3339(end?.last_heard_at ?? '') ?? 0);
    assert.ok(unheardMicros >= 0 && unheardMicros < 5_000_000, `${unheardMicros} µs`);
    assert.is(last?.reason, 'STOPPED');
    assert.equal(
      (await lists()).map(({ data }) => channelsListedSchema.parse(data).channels),
      [4, 4],
    );
    assert.is((await seen()).length, 2 * 4);
  }));

test.run();
