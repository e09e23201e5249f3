import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { customerRemoved, customerTold, inImport, personsEvent, type Told } from './support/events.ts';
import { catchUp, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('customers of past calls');

const HOUR = 3_600_000_000;
const CALLED_AT = 1_795_000_000_000_000 as Micros;
const BEFORE = (CALLED_AT - HOUR) as Micros;
const AFTER = (CALLED_AT + HOUR) as Micros;
const LATER = (CALLED_AT + 2 * HOUR) as Micros;

test('are linked when they are registered after the call, and unlinked when the number is another’s', async () => {
  await withCall(async ({ number, tell, row }) => {
    assert.equal([(await row()).customer_id, (await row()).match.status], [null, 'unmatched']);
    await tell(customerTold('CustomerRegistered', 'late', [number], AFTER));
    assert.equal([(await row()).customer_id, (await row()).match.rule], ['late', 'later_owner']);
    const from = toRfc3339(BEFORE);
    await tell(customerTold('CustomerRegistered', 'early', [{ number, from }], LATER));
    assert.equal([(await row()).customer_id, (await row()).match.rule], ['early', 'number_at_the_time']);
    await tell(customerTold('CustomerChanged', 'early', [], LATER));
    assert.is((await row()).customer_id, 'early');
    await tell(customerTold('CustomerChanged', 'early', [{ number: '+302109990000', from }], LATER));
    assert.is((await row()).customer_id, 'early');
  });
});

test('are several candidates when two hold the number, until a person decides', async () => {
  await withCall(async ({ number, tell, row, id }) => {
    await tell(customerTold('CustomerRegistered', 'b', [number], BEFORE));
    await tell(customerTold('CustomerRegistered', 'a', [number], BEFORE));
    const { customer_id, match } = await row();
    assert.equal([customer_id, match.status], [null, 'ambiguous']);
    assert.equal(
      match.candidates.map((one) => one.customer_id),
      ['a', 'b'],
    );
    await tell(annotation(id, 'CallAssigned', { customer_id: 'b' }, AFTER));
    assert.equal([(await row()).customer_id, (await row()).match.status], ['b', 'assigned']);
    await tell(customerRemoved('a', LATER));
    assert.is((await row()).customer_id, 'b');
    await tell(annotation(id, 'CallUnassigned', {}, LATER));
    assert.equal([(await row()).customer_id, (await row()).annotation_revision], [null, 1n]);
  });
});

test('that share a number are all candidates of an older call, and of one from while they were imported', async () => {
  await withCall(async ({ number, tell, row }) => {
    const candidates = async () => (await row()).match.candidates.map((one) => one.customer_id);
    await tell(inImport(UUID, customerTold('CustomerRegistered', 'c', [number], AFTER)));
    await tell(inImport(UUID, customerTold('CustomerRegistered', 'b', [number], LATER)));
    await tell(customerTold('CustomerRegistered', 'a', [number], LATER));
    assert.equal([(await row()).customer_id, (await row()).match.rule], [null, 'later_owner']);
    assert.equal(await candidates(), ['a', 'b', 'c']);
    await tell(inImport(UUID, customerTold('CustomerRegistered', 'early', [number], BEFORE)));
    assert.equal([(await row()).customer_id, (await row()).match.rule], [null, 'number_at_the_time']);
    assert.equal(await candidates(), ['b', 'c', 'early']);
    await tell(customerTold('CustomerChanged', 'b', [number, '+302109990000'], LATER));
    assert.equal(await candidates(), ['b', 'c', 'early']);
  });
});

test('keep the calls up to their removal', async () => {
  await withCall(async ({ number, tell, row }) => {
    await tell(customerTold('CustomerRegistered', 'gone', [number], BEFORE));
    await tell(customerRemoved('gone', AFTER));
    assert.is((await row()).customer_id, 'gone');
    await tell(customerTold('CustomerRegistered', 'next', [number], LATER));
    assert.is((await row()).customer_id, 'gone');
  });
});

test('lose calls from after their removal to the next owner', async () => {
  await withCall(async ({ number, tell, row }) => {
    await tell(customerTold('CustomerRegistered', 'gone', [number], (BEFORE - HOUR) as Micros));
    await tell(customerRemoved('gone', BEFORE));
    assert.is((await row()).customer_id, null);
    await tell(customerTold('CustomerRegistered', 'next', [number], LATER));
    assert.is((await row()).customer_id, 'next');
  });
});

test('that share only the last digits are suggested, never decided', async () => {
  await withCall(async ({ number, tell, row }) => {
    await tell(customerTold('CustomerRegistered', 'alike', [`+49 30 ${number.slice(-8)}`], BEFORE));
    const { customer_id, match } = await row();
    assert.is(customer_id, null);
    assert.equal(match.candidates, [{ customer_id: 'alike', rule: 'national_suffix' }]);
  });
});

test('are told to the feed as changes of the call, and only when something is another', async () => {
  await withCall(async ({ number, tell, id, model }) => {
    const changes = async () => {
      const { rows } = await model.pool.query(`select id, kind from ${model.version.schema}.changes order by seq`);
      return rows;
    };
    const before = (await changes()).length;
    await tell(customerTold('CustomerRegistered', 'c', [number], BEFORE));
    assert.equal((await changes()).slice(before), [{ id, kind: 'upsert' }]);
    await tell(customerTold('CustomerChanged', 'c', [number, '+302109990000'], AFTER));
    assert.is((await changes()).length, before + 1);
  });
});

test('are linked to all of many thousand calls', async () => {
  await withCall(async ({ number, tell, model }) => {
    const calls = `${model.version.schema}.crm_comms_log`;
    await model.pool.query(
      `insert into ${calls} select (json_populate_record(row, json_build_object('id', gen_random_uuid(), 'ext_message_id', n))).*
       from ${calls} as row, generate_series(1, 4500) as n`,
    );
    await tell(customerTold('CustomerRegistered', 'c', [number], BEFORE), false);
    const { rows } = await model.pool.query(`select customer_id, count(*) as calls from ${calls} group by customer_id`);
    assert.equal(rows, [{ customer_id: 'c', calls: 4501n }]);
  });
});

test('have calls that were logged by hand, which a person can give to another', async () => {
  await withCall(async ({ tell, model }) => {
    const stream = streamOf.manual(UUID);
    await tell({ stream, event: personsEvent('CallLogged', loggedFor('c1', 'no answer'), AFTER) });
    const logged = await manualRow(model);
    assert.equal([logged?.outcome, logged?.customer_id, logged?.source], ['missed', 'c1', 'manual']);
    assert.equal(logged?.match, { status: 'assigned', rule: 'person', number: null, candidates: [] });
    await tell({ stream, event: personsEvent('CallAssigned', { customer_id: 'c2' }, LATER) });
    const given = await manualRow(model);
    assert.equal([given?.customer_id, given?.annotation_revision], ['c2', 1n]);
  });
});

test('have notes with what PostgreSQL cannot store replaced', async () => {
  await withReadModel(async (model) => {
    const event = personsEvent('CallLogged', loggedFor('c1', 'a\u0000b \ud83d \\u0000 😀'), AFTER);
    await new Appending(model.log).append([{ stream: streamOf.manual(UUID), event }]);
    await catchUp(model);
    const { parked, entries } = await storedTables(model.pool, model.version.schema);
    assert.is(parked.size, 0);
    assert.match(JSON.stringify(entries[0]?.notes), 'a\ufffdb \ufffd \\\\u0000 😀');
  });
});

const UUID = '5d2f8a34-8a0e-4b55-a6f9-1f6f3f1f0001';

function loggedFor(customer_id: string, notes: string) {
  const occurred_at = toRfc3339(BEFORE);
  return { customer_id, direction: 'outbound', duration_seconds: 0, notes, occurred_at, request_hash: null };
}

async function manualRow(model: TestReadModel) {
  const { entries } = await storedTables(model.pool, model.version.schema);
  return entries.find(({ ext_message_id }) => ext_message_id === UUID);
}

type Row = {
  readonly customer_id: string | null;
  readonly annotation_revision: bigint;
  readonly match: { status: string; rule: string; candidates: { customer_id: string }[] };
};

/** A read model with one answered call from outside. */
async function withCall(
  work: (parts: {
    readonly model: TestReadModel;
    readonly id: string;
    readonly number: string;
    /** appends, projects, and, unless something stands there that no fact told, proves that it equals the fold of the log */
    readonly tell: (told: Told, agrees?: boolean) => Promise<void>;
    readonly row: () => Promise<Row>;
  }) => Promise<void>,
): Promise<void> {
  await withReadModel(async (model) => {
    const appending = new Appending(model.log);
    await appending.append(await sessionOf('pbx', 0, [demoRecording('inbound-answered')], CALLED_AT));
    await catchUp(model);
    const read = async () => (await model.pool.query(`select * from ${model.version.schema}.crm_comms_log`)).rows[0];
    const { id, external_number } = await read();
    const tell = async (told: Told, agrees = true) => {
      await appending.append([told]);
      await catchUp(model);
      if (agrees) await assertAgreesWithLog(model);
    };
    await work({ model, id, number: external_number, tell, row: read });
  });
}

function annotation(id: string, type: string, data: Record<string, string>, at: Micros): Told {
  return { stream: streamOf.annotation(id), event: personsEvent(type, data, at) };
}

test.run();
