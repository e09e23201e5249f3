import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { createReadModel } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { rebuildsOf, rebuilt, runAll, versionOf } from './rebuild/support.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { systemEvent, type Told } from './support/events.ts';
import { misreading } from './support/misreading.ts';
import { catchUp, silent, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('what became of a gap', { deadlineMs: 60_000 });
const AT = 1_795_000_000_000_000 as Micros;
const SECOND = 1_000_000;
const ALL = { version: null, positions: null, after: null };

test('is the latest that the log tells, in a rebuilt version too', () =>
  withReadModel(async (model) => {
    await new Appending(model.log).append([...connections(), filling(40, 'unavailable'), filling(50, null)]);
    await catchUp(model);
    assert.equal(await told(model), ['filled', null, 3]);
    const running = runAll(model);
    const { version } = await rebuilt(rebuildsOf(model));
    await running.stop();
    const { schema } = await versionOf(model, version);
    const { rows } = await model.pool.query(`select * from read_v1.gap_filling`);
    assert.equal((await model.pool.query(`select * from ${schema}.gap_filling`)).rows, rows);
    assert.is(rows.length, 1);
  }));

test('stays the latest when an earlier word of it was parked and is projected late', () =>
  withReadModel(async (model) => {
    const early = filling(40, 'unavailable');
    await new Appending(model.log).append([...connections(), early, filling(50, null)]);
    await catchUp({ ...model, log: misreading(model.log, new Set([early.event.id])) });
    assert.equal((await model.pool.query('select type from read_v1.parked')).rows, [{ type: 'GapFilled' }]);
    const { folded } = await rebuildsOf(model).retryParked(ALL);
    assert.is(folded, 1);
    assert.equal(await told(model), ['filled', null, 3]);
  }));

test('is what a journal held of it, in a rebuilt version and when it was parked too', () =>
  withReadModel(async (model) => {
    const [early, last] = [heard(20, 3), heard(25, 5)];
    await new Appending(model.log).append([...connections(), early, last]);
    await catchUp({ ...model, log: misreading(model.log, new Set([early.event.id])) });
    assert.is((await rebuildsOf(model).retryParked(ALL)).folded, 1);
    const running = runAll(model);
    const { version } = await rebuilt(rebuildsOf(model));
    await running.stop();
    const { schema } = await versionOf(model, version);
    for (const name of ['read_v1', schema]) {
      const { rows } = await model.pool.query(`select session, heard_session, until, facts from ${name}.gap_heard`);
      assert.equal(rows, [{ session: 2, heard_session: 0, until: at(25), facts: 5 }]);
    }
  }));

test('touches no call, whatever is in progress', () =>
  withReadModel(async (model) => {
    const call = await sessionOf('pbx', 0, [demoRecording('inbound-answered')]);
    const begun = call.slice(
      0,
      call.findIndex(({ event }) => event.type === 'CallHungUp'),
    );
    const appending = new Appending(model.log);
    await appending.append([...begun, ...connections().slice(1)]);
    await catchUp(model);
    const writtenIn = async () => (await model.pool.query('select xmin::text from read_v1.call_group')).rows;
    const before = await writtenIn();
    assert.is(before.length, 1);
    await appending.append([filling(40, null), heard(15, 1)]);
    await catchUp(model);
    assert.equal(await writtenIn(), before);
    assert.equal(await told(model), ['filled', null, 3]);
    await assertAgreesWithLog(model);
  }));

test.run();

const stream = streamOf.pbx('pbx');
const at = (second: number) => toRfc3339((AT + second * SECOND) as Micros);

function connections(): Told[] {
  const connected = (second: number) => ({ at: at(second), ami_version: null, clock_offset_ms: null });
  const lost = { reason: 'AMI_TIMEOUT', pbx_went_down: false };
  return [
    { stream, event: systemEvent('PbxConnected', connected(0), AT) },
    {
      stream,
      event: systemEvent('PbxDisconnected', { session: 0, at: at(20), last_heard_at: at(10), ...lost }, AT),
    },
    { stream, event: systemEvent('PbxConnected', connected(30), AT) },
  ];
}

function filling(second: number, reason: string | null): Told {
  const outcome = reason === null ? 'filled' : 'not_filled';
  const counts = reason === null ? { records: 7, calls: 3 } : { records: 0, calls: 0 };
  const of = { session: 2, from: at(10), to: at(30), at: at(second), final: reason === null };
  return { stream, event: systemEvent('GapFilled', { ...of, outcome, ...counts, reason }, AT) };
}

/** By another server, up to then. */
function heard(until: number, facts: number): Told {
  const of = { session: 2, heard_session: 0, until: at(until), at: at(40) };
  return { stream, event: systemEvent('GapHeard', { ...of, facts, set_aside: 1 }, AT) };
}

async function told({ pool, url }: TestReadModel) {
  const readModel = createReadModel({ pool, url, logger: silent });
  try {
    const period = { from: at(-3600), to: at(3600), timeZone: 'UTC', now: at(3600) };
    const [coverage] = await readModel.coverage(period);
    const [gap] = coverage?.gaps ?? [];
    assert.equal([gap?.from, gap?.to, gap?.cause], [at(10), at(30), 'no_answer']);
    return [gap?.filling?.outcome, gap?.filling?.reason, gap?.filling?.calls];
  } finally {
    await readModel.close();
  }
}
