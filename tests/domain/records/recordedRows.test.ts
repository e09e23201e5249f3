import * as assert from 'uvu/assert';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { callRecords, callsAroundTheGap, type RecordedTruth, recordedTruth } from '../../support/callRecords.ts';
import { rowsOfRecords } from '../../support/recordRows.ts';
import { suite } from '../../support/suite.ts';

const test = suite('rows from call records alone');

/** Seconds: begin, answer and end are each cut to whole ones. */
const TOLERANCE = 1.5;

/** What the records of these calls do not hold; everything else must be right, or empty. */
const NOT_RECORDED: readonly string[] = [
  // the record ends with the one who put the call through
  'xfer-caller-leaves-threeway: duration_seconds',
];

test('are what the phones saw, or say nothing', () => {
  const rows = rowsOfRecords(callRecords());
  const wrong = recordedTruth().flatMap((call) => {
    const row = rows.find(({ ext_message_id }) => ext_message_id === call.linkedid);
    return row && call.direction !== 'internal' ? wrongFields(call, row) : [];
  });
  assert.equal(
    wrong.filter((field) => !NOT_RECORDED.includes(field)),
    [],
  );
});

test('are there for every call that has a record, and for no other', () => {
  const records = callRecords();
  const ids = new Set(rowsOfRecords(records).map(({ ext_message_id }) => ext_message_id));
  const linkedids = new Set(records.flatMap((record) => [record.get('linkedid'), record.get('uniqueid')]));
  const outside = recordedTruth().filter(({ direction, scoring }) => direction !== 'internal' && !scoring?.optional);
  const missing = outside.filter(({ linkedid }) => linkedid && linkedids.has(linkedid) && !ids.has(linkedid));
  assert.equal(missing, []);
  const inside = recordedTruth().filter(({ direction }) => direction === 'internal');
  assert.equal(
    inside.filter(({ linkedid }) => linkedid !== undefined && ids.has(linkedid)),
    [],
  );
});

test('tell calls that lay in a gap as they happened', () => {
  const rows = rowsOfRecords(callRecords());
  for (const [name, { number, start, answered, end, ids }] of Object.entries(callsAroundTheGap().calls)) {
    const row = rows.find(({ ext_message_id }) => ext_message_id === ids[0]);
    assert.is(row?.external_number_raw, number, name);
    assert.is(row?.outcome, answered === null ? 'missed' : 'answered', name);
    assert.ok(near(start, row?.occurred_at), `${name} begins`);
    assert.ok(near(answered, row?.answered_at), `${name} is answered`);
    assert.ok(near(end, row?.ended_at), `${name} ends`);
  }
});

test('say that nobody heard the call, and whence each column comes', () => {
  for (const row of rowsOfRecords(callRecords())) {
    assert.is(row.source, 'cdr');
    assert.ok(row.incomplete.includes('only_recorded'));
    for (const [column, { inputs }] of Object.entries(row.why)) assert.is(inputs.source, 'cdr', column);
  }
});

test('do not take the answer of a menu for that of a person', () => {
  const [row] = rowsOfRecords(callRecords().filter((record) => record.get('linkedid') === idOf('in-ivr-101')));
  assert.is(row?.outcome, 'answered');
  assert.equal(row?.extensions, ['101']);
  assert.is(row?.answered_at, null);
  assert.is(row?.duration_seconds, null);
  assert.ok(row?.incomplete.includes('answer_not_recorded'));
});

test('are the same whatever the order of the records, and when each is there twice', () => {
  const records = callRecords();
  const text = (rows: readonly CallEntry[]) => rows.map((row) => JSON.stringify(row)).sort();
  const once = text(rowsOfRecords(records));
  assert.equal(text(rowsOfRecords([...records].reverse())), once);
  assert.equal(text(rowsOfRecords([...records, ...records])), once);
});

test('take the number as it was sent, and what was typed without the prefix where that is not recorded', () => {
  const typed = callRecords().filter((record) => record.get('dst') === '76945556680');
  assert.is(rowsOfRecords(typed)[0]?.external_number_raw, '6945556680');
  const unsent = typed.map((record) => new Map([...record, ['lastapp', 'Hangup'], ['lastdata', '']]));
  const rules = { ...defaultRules('GR'), outside_line_prefixes: ['7'], trunk_names: ['302101234567'] };
  assert.is(rowsOfRecords(unsent, { rules })[0]?.external_number_raw, '6945556680');
  assert.is(rowsOfRecords(unsent, { rules })[0]?.dialled, '76945556680');
});

type Columns = Readonly<Record<string, string>>;
const OF_THE_TRUNK: Columns = {
  calldate: '2026-11-23 02:27:04',
  channel: 'PJSIP/mytrunk-0000013d',
  src: '6912345052',
  dst: '2101234567',
  dcontext: 'from-did-direct',
  duration: '30',
  billsec: '20',
  disposition: 'ANSWERED',
  uniqueid: '1795400824.387',
  linkedid: '1795400824.387',
};
/** The PBX called somebody outside, for a message that it plays. */
const PLACED_BY_PBX: Columns = {
  ...OF_THE_TRUNK,
  channel: 'Local/6945556678@campaign-00000001;2',
  dcontext: 'campaign',
  dst: '6945556678',
  src: '',
  dstchannel: 'PJSIP/mytrunk-0000013e',
  lastapp: 'Dial',
  lastdata: 'PJSIP/6945556678@mytrunk,30',
};

/** Kamailio in front: phones and provider are one endpoint. */
const THROUGH_PROXY: Columns = {
  ...OF_THE_TRUNK,
  channel: 'PJSIP/proxy-00000001',
  dcontext: 'from-proxy',
  dstchannel: 'PJSIP/proxy-00000002',
  lastapp: 'Dial',
};

test('tell who is at an endpoint that leads to phones and a provider by its number, where a rule names it', () => {
  const rules = { ...defaultRules('GR'), shared_endpoints: ['proxy'] };
  const told = (columns: Columns, its = rules) => {
    const [row] = rowsOfRecords([new Map(Object.entries({ ...THROUGH_PROXY, ...columns }))], { rules: its });
    return row && [row.direction, row.outcome, row.external_number, row.extensions, row.legs.map(({ kind }) => kind)];
  };
  const inbound = { lastdata: 'PJSIP/101@proxy,30' };
  const outbound = { src: '101', dst: '6945556678', lastdata: 'PJSIP/6945556678@proxy,30' };
  assert.equal(told(inbound), ['inbound', 'answered', '+306912345052', ['101'], ['trunk', 'extension']]);
  assert.equal(told(outbound), ['outbound', 'answered', '+306945556678', ['101'], ['extension', 'trunk']]);
  assert.is(told({ ...outbound, dst: '102', lastdata: 'PJSIP/102@proxy,30' }), undefined);
  // a context that is a trunk's counts for less than what names the endpoint
  assert.equal(told(outbound, { ...rules, trunk_contexts: ['from-proxy'] })?.[0], 'outbound');
  assert.not.equal(told(outbound, defaultRules('GR'))?.[3], ['101']);
});

test('say that a machine handled the call where they name one that answered, or no phone that was called for', () => {
  const told = (columns: Columns) => {
    const [row] = rowsOfRecords([new Map(Object.entries(columns))]);
    return [row?.direction, row?.outcome, row?.handled_by_machine, row?.why.handled_by_machine?.rule];
  };
  const machine = { dstchannel: 'AudioSocket/127.0.0.1:8090-3f1c', lastapp: 'Dial' };
  const byMachine = 'recorded_machine_answered';
  assert.equal(told({ ...OF_THE_TRUNK, ...machine }), ['inbound', 'abandoned', true, byMachine]);
  assert.equal(told({ ...OF_THE_TRUNK, lastapp: 'AudioSocket' }), ['inbound', 'abandoned', true, byMachine]);
  assert.equal(told(PLACED_BY_PBX), ['outbound', 'missed', true, 'recorded_for_no_phone']);
  const phone = { dstchannel: 'PJSIP/101-0000013e', lastapp: 'Dial', lastdata: 'PJSIP/101/sip:101@127.0.0.101' };
  assert.equal(told({ ...OF_THE_TRUNK, ...phone }), ['inbound', 'answered', false, 'recorded_person_spoke']);
  const unanswered = { disposition: 'NO ANSWER', billsec: '0' };
  assert.equal(told({ ...PLACED_BY_PBX, ...unanswered }), ['outbound', 'missed', false, 'recorded_nobody_answered']);
});

test('end the talk where a later record tells that the caller went on without anybody', () => {
  const talk = { dstchannel: 'PJSIP/101-0000013e', lastapp: 'Dial', lastdata: 'PJSIP/101/sip:101@127.0.0.101' };
  const survey = {
    calldate: '2026-11-23 02:27:34',
    lastapp: 'Playback',
    dcontext: 'survey',
    duration: '60',
    sequence: '2',
  };
  const durationOf = (after: Columns) => {
    const records = [
      { ...OF_THE_TRUNK, ...talk },
      { ...OF_THE_TRUNK, ...after },
    ];
    const [row] = rowsOfRecords(records.map((columns) => new Map(Object.entries(columns))));
    return [row?.duration_seconds, row?.ended_at];
  };
  assert.equal(durationOf({ ...survey, billsec: '60' }), [20, '2026-11-23T02:28:34.000000Z']);
  const other = { ...survey, ...talk, dstchannel: 'PJSIP/102-0000013f', billsec: '55' };
  assert.equal(durationOf(other), [80, '2026-11-23T02:28:34.000000Z']);
});

test('leave empty whether a machine spoke with a caller of whom they only tell the last application', () => {
  const [row] = rowsOfRecords([new Map(Object.entries({ ...OF_THE_TRUNK, lastapp: 'Stasis' }))]);
  assert.equal([row?.handled_by_machine, row?.why.handled_by_machine?.rule], [null, 'not_recorded']);
});

test.run();

function idOf(scenario: string): string | undefined {
  return recordedTruth().find((call) => call.scenario === scenario)?.linkedid;
}

function wrongFields(call: RecordedTruth, row: CallEntry): string[] {
  const skipped = new Set(call.scoring?.skip ?? []);
  const speakers = [...call.answered_by, call.caller_extension].filter((one) => /^\d{2,6}$/.test(one ?? ''));
  const checks: [keyof CallEntry, boolean][] = [
    ['direction', row.direction === call.direction],
    ['outcome', (call.scoring?.outcome ?? [call.outcome]).includes(row.outcome)],
    ['external_number_raw', (row.external_number_raw ?? '') === (call.external_number ?? '')],
    ['did', call.direction !== 'inbound' || (row.did ?? '').replace('+', '') === call.dialled?.replace('+', '')],
    ['dialled', call.direction !== 'outbound' || row.dialled === call.dialled],
    ['external_name', !row.external_name || row.external_name === call.external_name],
    ['trunk', call.trunk === undefined || row.trunk === call.trunk],
    ['occurred_at', near(call.started_at, row.occurred_at)],
    ['duration_seconds', close(call.talk_seconds, row.duration_seconds)],
    ['ring_seconds', isUnjudged(call) || close(call.ring_seconds, row.ring_seconds)],
    ['extensions', !call.answered || sameSet(row.extensions, speakers)],
  ];
  return checks
    .filter(([field, isRight]) => !isRight && !skipped.has(field) && row[field] !== null)
    .map(([field]) => `${call.scenario}: ${field}`);
}

/** It rang at nobody's, its own phone came first, or it rang until the provider's no or until the phone hung up. */
function isUnjudged({ answered, outcome, direction, placed_by_pbx }: RecordedTruth): boolean {
  return placed_by_pbx || (!answered && (outcome === 'abandoned' || direction === 'outbound'));
}

function near(truth: number | null, time: string | null | undefined): boolean {
  if (truth === null || time == null) return truth === null && time == null;
  return close(truth, Date.parse(time) / 1000);
}

function close(truth: number, value: number | null): boolean {
  return value !== null && Math.abs(truth - value) <= TOLERANCE;
}

function sameSet(a: readonly string[], b: readonly (string | undefined)[]): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join();
}
