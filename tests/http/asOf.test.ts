import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { derivationOf } from '../../src/domain/derivation.ts';
import { type NewEvent, streamOf } from '../../src/domain/events.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { Appending } from '../projections/support/appending.ts';
import { customerRemoved, customerTold, personsEvent, systemEvent, type Told } from '../projections/support/events.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('an entry as it was');
const system = await startSystem();
const [agent, auditor] = await Promise.all([system.token('agent'), system.token('auditor')]);
test.after(system.close);

const appending = new Appending(system.log);

/** Lets something be recorded a minute after whatever was before; when that was. */
async function then(tell: (at: Micros) => readonly Told[] | Promise<readonly Told[]>): Promise<string> {
  system.clock.advance(60);
  const at = system.clock.now();
  await system.projector.reach(await appending.append(await tell(at)));
  return toRfc3339(at);
}

const annotated = (id: string, type: string, data: NewEvent['data'], at: Micros): Told => ({
  stream: streamOf.annotation(id),
  event: personsEvent(type, data, at),
});

/** A recording whose facts were recorded at that time. */
async function heardAt(pbx: string, recording: string, at: Micros): Promise<Told[]> {
  const told = await sessionOf(pbx, 0, [demoRecording(recording)]);
  return told.map(({ stream, event }) => ({
    stream,
    event: { ...event, metadata: { ...event.metadata, recorded_at: toRfc3339(at) } },
  }));
}

async function onlyEntryOf(pbx: string) {
  const { items } = await system.readModel.list({}, null, 100);
  const found = items.find((item) => item.pbx === pbx);
  if (!found) throw new Error(`no entry of ${pbx}`);
  return found;
}

const asOf = (id: string, time: string, token = auditor) =>
  system.ask({ path: `/api/crm/comms/${id}?as_of=${encodeURIComponent(time)}`, token });

async function entryAt(id: string, time: string) {
  const { status, json, text } = await asOf(id, time);
  assert.is(status, 200, text);
  const { as_of, ...entry } = Object(json);
  return { as_of, entry };
}

test('as of now every entry is what it is', async () => {
  for (const recording of ['inbound-answered', 'inbound-transferred', 'outbound-busy', 'inbound-voicemail']) {
    await tellRecording(system, recording.replace('-', '_'), recording);
  }
  const { id, external_number } = await onlyEntryOf('inbound_answered');
  await then((at) => [customerTold('CustomerRegistered', 'c-now', [external_number ?? ''], at)]);
  await then((at) => [
    annotated(id, 'NoteAdded', { text: 'promised to call back' }, at),
    annotated(id, 'CallMarkedDone', {}, at),
  ]);
  const { items } = await system.readModel.list({}, null, 100);
  assert.is(items.length, 4);
  for (const item of items) {
    const now = await system.ask({ path: `/api/crm/comms/${item.id}`, token: auditor });
    const { entry, as_of } = await entryAt(item.id, toRfc3339(system.clock.now()));
    assert.equal(entry, now.json);
    assert.is(as_of.code, 'same');
    assert.is(as_of.derivation, item.derivation);
  }
  assert.is((await onlyEntryOf('inbound_answered')).customer_id, 'c-now');
});

test('customers and what people said count from when they were recorded', async () => {
  const heard = await then((at) => heardAt('people', 'inbound-greek-name', at));
  const { id, external_number } = await onlyEntryOf('people');
  const number = external_number ?? '';
  const registered = await then((at) => [customerTold('CustomerRegistered', 'c-first', [number], at)]);
  const assigned = await then((at) => [annotated(id, 'CallAssigned', { customer_id: 'c-second' }, at)]);
  const noted = await then((at) => [annotated(id, 'NoteAdded', { text: 'a note' }, at)]);
  const removed = await then((at) => [customerRemoved('c-first', at), annotated(id, 'CallUnassigned', {}, at)]);

  const seen = [];
  for (const time of [heard, registered, assigned, noted, removed]) {
    const { entry } = await entryAt(id, time);
    seen.push([entry.match.status, entry.customer_id, entry.customer?.name ?? null, entry.notes.length]);
  }
  assert.equal(seen, [
    ['unmatched', null, null, 0],
    ['matched', 'c-first', 'Customer c-first', 0],
    ['assigned', 'c-second', null, 0],
    ['assigned', 'c-second', null, 1],
    ['unmatched', null, null, 1],
  ]);
});

test('before its end it was a call in progress, and before that nothing', async () => {
  const before = toRfc3339(system.clock.now());
  let rest: Told[] = [];
  const ringing = await then(async (at) => {
    const told = await heardAt('progress', 'inbound-answered', at);
    const end = told.findIndex(({ event }) => event.type === 'CallHungUp');
    rest = told.slice(end);
    return told.slice(0, end);
  });
  const ended = await then((at) =>
    rest.map(({ stream, event }) => ({
      stream,
      event: { ...event, metadata: { ...event.metadata, recorded_at: toRfc3339(at) } },
    })),
  );
  const { id } = await onlyEntryOf('progress');
  assert.match((await asOf(id, before)).text, 'nothing was recorded');
  const then1 = await asOf(id, ringing);
  assert.is(then1.status, 404);
  assert.match(then1.text, 'a call in progress');
  assert.is((await entryAt(id, ended)).entry.outcome, 'answered');
});

test('a call that a killed listener left open is as it is, when the session was heard last by another call', async () => {
  const [cut, other] = ['inbound-answered', 'outbound-busy'].map(demoRecording);
  const told = await sessionOf('killed', 0, [cut ?? '', other ?? '']);
  const firstEnd = told.findIndex(({ event }) => event.type === 'CallHungUp');
  const [own] = told.slice(firstEnd);
  const heard = told.filter(
    ({ stream, event }, at) => event.type !== 'PbxDisconnected' && (at < firstEnd || stream !== own?.stream),
  );
  const later = Math.max(...heard.map(({ event }) => Date.parse(String(event.metadata.received_at ?? 0)))) + 60_000;
  const at = toRfc3339((later * 1000) as Micros);
  const connected = { at, ami_version: null, clock_offset_ms: null };
  await then((now) => [
    ...heard,
    { stream: streamOf.pbx('killed'), event: systemEvent('PbxConnected', connected, now) },
    { stream: streamOf.pbx('killed'), event: systemEvent('ChannelsListed', { at, session: 1, channels: 0 }, now) },
  ]);
  const { items } = await system.readModel.list({}, null, 100);
  const entry = items.find(({ pbx, direction }) => pbx === 'killed' && direction === 'inbound');
  const now = await system.ask({ path: `/api/crm/comms/${entry?.id}`, token: auditor });
  assert.ok(entry && entry.incomplete.length > 0, now.text);
  assert.equal((await entryAt(entry.id, toRfc3339(system.clock.now()))).entry, now.json);
});

test('the rules that were active then decide, and it is said when their code is gone', async () => {
  await then((at) => heardAt('rules', 'inbound-answered', at));
  const { id } = await onlyEntryOf('rules');
  const system_ = (stream: string, type: string, data: NewEvent['data'], at: Micros): Told => ({
    stream,
    event: systemEvent(type, data, at),
  });
  const other = defaultRules(null);
  const tellOnce = async (stream: string, type: string, data: NewEvent['data']) => {
    system.clock.advance(60);
    const at = system.clock.now();
    let last = 0n;
    for await (const events of system.log.readStream(stream)) last = events.at(-1)?.revision ?? last;
    await system.log.append(stream, [system_(stream, type, data, at).event], last);
    return toRfc3339(at);
  };
  const accepted = await tellOnce(streamOf.rules, 'RulesAccepted', { rules: other, source: 'api' });
  const derivation = derivationOf(other);
  const activated = await tellOnce(streamOf.readModel, 'ReadModelActivated', { version: 2, derivation });
  const first = await onlyEntryOf('rules');
  const back = await tellOnce(streamOf.readModel, 'ReadModelActivated', { version: 1, derivation: first.derivation });
  const gone = await tellOnce(streamOf.readModel, 'ReadModelActivated', {
    version: 3,
    derivation: derivation.replace(/^\d+/, '0'),
  });

  const seen = [];
  for (const time of [accepted, activated, back, gone]) {
    const { entry, as_of } = await entryAt(id, time);
    seen.push([entry.external_number, as_of.code, as_of.derivation]);
  }
  const number = first.external_number;
  assert.equal(seen, [
    [number, 'same', first.derivation],
    [null, 'same', derivation],
    [number, 'same', first.derivation],
    [null, 'gone', derivation.replace(/^\d+/, '0')],
  ]);
  assert.match((await entryAt(id, gone)).as_of.note, /code of then is gone/);
});

test('an id that went into another one leads there, with the time', async () => {
  const { rows } = await system.pool.query('select id, current_id from read_v1.call_alias limit 1');
  const time = toRfc3339(system.clock.now());
  const answer = await asOf(String(field(rows, '0.id')), time);
  assert.is(answer.status, 308);
  assert.is(answer.headers.location, `/api/crm/comms/${field(rows, '0.current_id')}?as_of=${encodeURIComponent(time)}`);
});

test('a call logged by hand is shown as it was before it was corrected', async () => {
  const uuid = randomUUID();
  const call = { customer_id: 'c-1', direction: 'outbound', duration_seconds: 60, notes: '', request_hash: null };
  const stream = streamOf.manual(uuid);
  const logged = await then((at) => [
    { stream, event: personsEvent('CallLogged', { ...call, occurred_at: toRfc3339(at) }, at) },
  ]);
  const corrected = await then((at) => [
    { stream, event: personsEvent('CallCorrected', { duration_seconds: 90 }, at) },
  ]);
  const id = entryId('manual', uuid);
  assert.is((await entryAt(id, logged)).entry.duration_seconds, 60);
  assert.is((await entryAt(id, corrected)).entry.duration_seconds, 90);
});

test('so many at once that they would be in the way are refused, and later ones are answered', async () => {
  const { id } = await onlyEntryOf('people');
  const time = toRfc3339(system.clock.now());
  const answers = await Promise.all(Array.from({ length: 12 }, () => asOf(id, time)));
  assert.equal(new Set(answers.map(({ status }) => status)), new Set([200, 429]));
  assert.is((await asOf(id, time)).status, 200);
});

test('only those who may audit see it; a time must be one; nothing is kept of the fold', async () => {
  const { id } = await onlyEntryOf('people');
  assert.is((await asOf(id, toRfc3339(system.clock.now()), agent)).status, 403);
  assert.is((await asOf(id, 'yesterday')).status, 422);
  assert.is((await asOf(randomUUID(), toRfc3339(system.clock.now()))).status, 404);
  const kept = async () => {
    const { rows } = await system.pool.query(
      `select count(*)::int as n from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where relname = 'crm_comms_log' and nspname like 'pg_temp%'`,
    );
    return rows[0].n;
  };
  // what a transaction had for itself is dropped while the next statement may be under way
  await eventually('nothing is left of it', async () => (await kept()) === 0);
});

test.run();
