import * as assert from 'uvu/assert';
import type { CallEntry } from '../../src/domain/entry.ts';
import { recordEvent } from '../../src/importing/recordEvent.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { Appending } from '../projections/support/appending.ts';
import { catchUp, openReadModel } from '../projections/support/readModel.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { createDatabase } from '../support/postgres.ts';
import { command } from '../support/program.ts';
import { suite } from '../support/suite.ts';

const test = suite('commslog reconcile', { deadlineMs: 90_000 });
const database = await createDatabase();
const model = await openReadModel(database.url);
test.after(async () => {
  await model.close();
  await database.drop();
});

const rows: Pick<CallEntry, 'ext_message_id' | 'direction' | 'external_number_raw' | 'legs' | 'did'>[] = [];
test.before(async () => {
  const recordings = ['inbound-answered', 'outbound-busy'].map(demoRecording);
  await new Appending(model.log).append(await sessionOf('athens', 0, recordings));
  await catchUp(model);
  const { rows: found } = await model.pool.query('select * from read_v1.crm_comms_log order by occurred_at');
  rows.push(...found);
  assert.is(rows.length, 2);
});

const reconcile = (...args: string[]) =>
  command(['reconcile', '--from', '2020-01-01', '--to', '2040-01-01', ...args], {
    DATABASE_URL: database.url,
    LOG_LEVEL: 'error',
    DEMO: 'off',
  });

test('says that nothing can be compared while no records are imported', async () => {
  const { stderr, status } = await reconcile();
  assert.is(status, 0, stderr);
  assert.match(stderr, '2 calls compared; not_recorded 2');
  assert.match(stderr, 'commslog import cdr');
});

test('names what was not heard, what was not recorded, and each column that says another thing', async () => {
  const inbound = rows.find(({ direction }) => direction === 'inbound');
  const trunk = inbound?.legs.find(({ kind }) => kind === 'trunk');
  const phone = inbound?.legs.find(({ kind }) => kind === 'extension');
  const second = Number(inbound?.ext_message_id.split('.')[0]);
  const columns = {
    calldate: new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' '),
    src: inbound?.external_number_raw ?? '',
    did: inbound?.did ?? '',
    dcontext: 'from-did-direct',
    channel: trunk?.channel ?? '',
    dstchannel: phone?.channel ?? '',
    lastapp: 'Dial',
    lastdata: `PJSIP/${phone?.party}/sip:${phone?.party}@192.0.2.1,15`,
    duration: '9',
    billsec: '0',
    disposition: 'NO ANSWER',
    uniqueid: inbound?.ext_message_id ?? '',
    linkedid: inbound?.ext_message_id ?? '',
  };
  await store(columns);
  await store({ ...columns, channel: 'PJSIP/mytrunk-0000ffff', uniqueid: `${second}.99999`, linkedid: '' });
  await catchUp(model);

  const { stdout, stderr } = await reconcile('--json');
  const found = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const kinds = found.map(({ kind, ext_message_id }) => `${kind} ${ext_message_id}`);
  const outbound = rows.find(({ direction }) => direction === 'outbound');
  assert.ok(kinds.includes(`not_heard ${second}.99999`), stdout);
  assert.ok(kinds.includes(`not_recorded ${outbound?.ext_message_id}`), stdout);
  assert.ok(kinds.includes(`outcome ${inbound?.ext_message_id}`), stdout);
  assert.not.ok(kinds.includes(`number ${inbound?.ext_message_id}`), stdout);
  const outcome = found.find(({ kind }) => kind === 'outcome');
  assert.equal([outcome.heard, outcome.recorded], ['answered', 'missed']);
  assert.match(stderr, '3 calls compared');

  const table = await reconcile();
  assert.match(table.stdout, /^kind +pbx +call +begins +heard +recorded\n/);
});

test.run();

async function store(columns: Readonly<Record<string, string>>): Promise<void> {
  const context = { pbx: 'athens', zone: 'UTC', now: systemClock.now(), app: 'test' };
  const made = recordEvent({ fields: Object.entries(columns) }, context);
  if (made === null) throw new Error('no record');
  await model.log.append(made.stream, [made.event], 'no_stream');
}
