import * as assert from 'uvu/assert';
import { PBX_FACT_TYPES, streamOf } from '../../src/domain/events.ts';
import type { Micros } from '../../src/domain/time.ts';
import { toRfc3339 } from '../../src/domain/time.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { Projection } from '../../src/projections/following/projection.ts';
import { incomingOf } from '../../src/projections/tables/batch.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { customerTold, systemEvent, type Told } from './support/events.ts';
import { catchUp, foldAll, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('a row that is as it was', { deadlineMs: 60_000 });

const AT = 1_795_000_000_000_000 as Micros;
const CALLERS = 60;
const BRIDGE = '205c17fa-ff4d-4ad5-ac53-1fe6d1f650f2';

test('is not told of again, however many speak in one conference and leave it one by one', async () => {
  await withReadModel(async (model) => {
    const callers = Array.from({ length: CALLERS }, (_, at) => `1795000000.${at}`);
    const all = (say: (uniqueid: string, at: number) => Told) => callers.map(say);
    await new Appending(model.log).append([
      { stream: streamOf.pbx('pbx'), event: systemEvent('PbxConnected', CONNECTED, AT) },
      ...all((uniqueid, at) =>
        fact('Newchannel', uniqueid, at, [
          ['Context', 'from-pstn'],
          ['Exten', '8000'],
        ]),
      ),
      ...all((uniqueid, at) => fact('BridgeEnter', uniqueid, CALLERS + at, [['BridgeUniqueid', BRIDGE]])),
      ...all((uniqueid, at) => fact('BridgeLeave', uniqueid, 2 * CALLERS + 2 * at, [['BridgeUniqueid', BRIDGE]])),
      ...all((uniqueid, at) => fact('Hangup', uniqueid, 2 * CALLERS + 2 * at + 1, [['Cause', '16']])),
    ]);
    await projectOneByOne(model);
    const { rows, changes } = await countsOf(model);
    assert.equal([rows, changes], [CALLERS, CALLERS]);
    await assertAgreesWithLog(model);
  });
});

test('stays where it is stored: only its position moves with a fact that says nothing about it', async () => {
  await withReadModel(async (model) => {
    const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const appending = new Appending(model.log);
    await appending.append(told);
    await catchUp(model);
    const before = await countsOf(model);
    const last = told.findLast(({ stream }) => stream.startsWith('call-'));
    if (!last) throw new Error('nothing was recorded');
    const silent = {
      ...last.event,
      ...systemEvent('PbxEventObserved', last.event.data, AT),
      metadata: last.event.metadata,
    };
    const position = await appending.append([{ stream: last.stream, event: silent }]);
    await catchUp(model);
    assert.equal(await countsOf(model), before);
    const { rows } = await model.pool.query(`select position from ${model.version.schema}.crm_comms_log`);
    assert.equal(rows, [{ position }]);
    await assertAgreesWithLog(model);
  });
});

test('is neither written nor told of when its customer is registered again as it is', async () => {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')]));
    await catchUp(model);
    const { rows } = await model.pool.query(
      `select external_number_raw as n from ${model.version.schema}.crm_comms_log`,
    );
    await appending.append([customerTold('CustomerRegistered', 'a', [String(rows[0]?.n)], 0 as Micros)]);
    await catchUp(model);
    const [counts, versions] = [await countsOf(model), await tupleVersions(model)];
    await appending.append([customerTold('CustomerChanged', 'a', [String(rows[0]?.n)], 0 as Micros)]);
    await catchUp(model);
    assert.equal([await countsOf(model), await tupleVersions(model)], [counts, versions]);
  });
});

const CONNECTED = { at: toRfc3339(AT), ami_version: '9.0.0', clock_offset_ms: null };

/** What the PBX says of one channel that is a call of its own. */
function fact(name: keyof typeof PBX_FACT_TYPES, uniqueid: string, seq: number, own: readonly string[][]): Told {
  const at = (AT + seq * 1_000_000) as Micros;
  const fields = [
    ['Event', name],
    ['Channel', `PJSIP/mytrunk-${uniqueid}`],
    ['ChannelState', '6'],
    ['CallerIDNum', '6912344010'],
    ['Uniqueid', uniqueid],
    ['Linkedid', uniqueid],
    ...own,
  ];
  const event = systemEvent(PBX_FACT_TYPES[name], { fields }, at);
  const metadata = { ...event.metadata, pbx: 'pbx', session: 0, seq, received_at: toRfc3339(at) };
  return { stream: streamOf.call('pbx', uniqueid), event: { ...event, metadata } };
}

/** Each event in a transaction of its own, as when nobody is behind. */
async function projectOneByOne({ pool, log, version }: TestReadModel): Promise<void> {
  const projection = new Projection({ pool, log, schema: version.schema, rules: version.rules, clock: systemClock });
  const from = await projection.resume();
  for await (const batch of log.readAll(from)) for (const event of batch) await projection.apply([incomingOf(event)]);
  await foldAll(projection);
}

async function countsOf({ pool, version }: TestReadModel): Promise<{ rows: number; changes: number }> {
  const { rows } = await pool.query(
    `select (select count(*)::int from ${version.schema}.crm_comms_log) as rows,
            (select count(*)::int from ${version.schema}.changes) as changes`,
  );
  return rows[0];
}

/** PostgreSQL gives a row that is written another one. */
async function tupleVersions({ pool, version }: TestReadModel): Promise<unknown[]> {
  return (await pool.query(`select id, xmin::text from ${version.schema}.crm_comms_log order by id`)).rows;
}

test.run();
