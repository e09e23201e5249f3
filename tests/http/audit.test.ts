import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { streamOf } from '../../src/domain/events.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';
import { foldAndRead } from '../../src/domain/readGroup.ts';
import { recordedSchema } from '../../src/http/contract/contract.ts';
import { personsEvent, poison } from '../projections/support/events.ts';
import { RULES } from '../projections/support/readModel.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { field } from './support/ask.ts';
import { tellCalls, tellCustomer, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('what stands behind an entry');
const system = await startSystem();
const [agent, auditor] = await Promise.all([system.token('agent'), system.token('auditor')]);
test.after(system.close);

let id = '';
test.before(async () => {
  await tellRecording(system, 'main', 'inbound-greek-name');
  await tellRecording(system, 'other', 'inbound-answered');
  const { items } = await system.readModel.list({}, null, 100);
  id = items.find((entry) => entry.pbx === 'main')?.id ?? '';
});

const get = (path: string, token: string, headers: Record<string, string> = {}) => system.ask({ path, token, headers });
const eventsOf = async (path: string) => {
  const answer = await get(path, auditor, { accept: 'application/x-ndjson' });
  assert.is(answer.status, 200, answer.text);
  return answer.text
    .trimEnd()
    .split('\n')
    .map((line) => recordedSchema.parse(JSON.parse(line)));
};

test('its raw facts fold to the entry itself', async () => {
  const facts = (await eventsOf(`/api/crm/comms/${id}/events`)).map(factOf);
  assert.ok(facts.length > 20);
  const { entries } = foldAndRead(facts, { connections: [], rules: RULES });
  const found = await system.readModel.get(id);
  assert.is(found?.kind, 'found');
  assert.equal(
    entries.map(({ id, outcome, body, legs }) => ({ id, outcome, body, legs })),
    found?.kind === 'found' ? [found.entry].map(({ id, outcome, body, legs }) => ({ id, outcome, body, legs })) : [],
  );
});

test('pages of any size show every fact once, in the order of the download', async () => {
  const all = await eventsOf(`/api/crm/comms/${id}/events`);
  for (const limit of [1, 7, all.length, 100]) {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const answer = await get(`/api/crm/comms/${id}/events?limit=${limit}${cursor && `&cursor=${cursor}`}`, auditor);
      assert.is(answer.status, 200, answer.text);
      seen.push(...Object(field(answer.json, 'items')));
      cursor = String(field(answer.json, 'page.next_cursor') ?? '');
    } while (cursor !== '');
    assert.equal(seen, all, `limit ${limit}`);
  }
});

test('what people said of it stands among the facts, and a fact that could not be read too', async () => {
  const noted = await startSystem();
  try {
    await tellRecording(noted, 'main', 'inbound-answered');
    const { items } = await noted.readModel.list({}, null, 1);
    const entry = items[0]?.id ?? '';
    const stream = streamOf.call('main', items[0]?.ext_message_id ?? '');
    let last = 0n;
    for await (const events of noted.log.readStream(stream)) last = events.at(-1)?.revision ?? last;
    await noted.log.append(stream, [poison(stream).event], last);
    const assigned = personsEvent('CallAssigned', { customer_id: 'c-1' }, noted.clock.now());
    const { position } = await noted.log.append(streamOf.annotation(entry), [assigned], 'no_stream');
    await noted.projector.reach(position);
    const token = await noted.token('auditor');
    const headers = { accept: 'application/x-ndjson' };
    const { text } = await noted.ask({ path: `/api/crm/comms/${entry}/events`, token, headers });
    const facts = text
      .trimEnd()
      .split('\n')
      .map((line) => recordedSchema.parse(JSON.parse(line)));
    assert.is(facts.at(-1)?.type, 'CallAssigned');
    assert.is(facts.filter(({ data }) => data.fields === 'none').length, 1);
    const parked = await noted.ask({ path: '/api/admin/parked', token });
    assert.is(field(parked.json, 'items.0.stream'), stream);
    assert.match(String(field(parked.json, 'items.0.error')), /^POISON_EVENT/);
  } finally {
    await noted.close();
  }
});

test('a call that was logged by hand shows who logged it', async () => {
  await tellCustomer(system, 'c-1', 'Anna');
  const [manual = ''] = await tellCalls(system, [{}]);
  assert.equal(
    (await eventsOf(`/api/crm/comms/${manual}/events`)).map(({ type, metadata }) => [
      type,
      field(metadata, 'actor.sub'),
    ]),
    [['CallLogged', 'tester']],
  );
  assert.is((await get(`/api/crm/comms/${manual}/transcript`, agent)).status, 404);
});

test('of an unknown entry nothing is shown and nothing recorded', async () => {
  const before = await get('/api/admin/audit', auditor);
  for (const what of ['events', 'transcript']) {
    const token = what === 'events' ? auditor : agent;
    assert.is((await get(`/api/crm/comms/${randomUUID()}/${what}`, token)).status, 404);
  }
  assert.equal((await get('/api/admin/audit', auditor)).json, before.json);
});

test('an entry that went into another one leads there', async () => {
  await tellRecording(system, 'joined', 'inbound-transferred');
  const { rows } = await system.pool.query('select id, current_id from read_v1.call_alias limit 1');
  const alias = String(field(rows, '0.id'));
  for (const [what, token] of [
    ['events', auditor],
    ['transcript', agent],
  ] as const) {
    const answer = await get(`/api/crm/comms/${alias}/${what}`, token);
    assert.is(answer.status, 308);
    assert.is(answer.headers.location, `/api/crm/comms/${field(rows, '0.current_id')}/${what}`);
  }
});

test('every reading is recorded with who, what, when and in which request, before anything is handed out', async () => {
  const reader = await system.token('auditor', 'auditor-9');
  await get(`/api/crm/comms/${id}/events?limit=1`, reader, { 'x-request-id': 'request-7' });
  const audit = await get('/api/admin/audit?limit=1', auditor);
  const [item] = Object(field(audit.json, 'items'));
  assert.is(field(item, 'type'), 'RawFactsRead');
  assert.is(field(item, 'stream'), `audit-${new Date(system.clock.now() / 1000).toISOString().slice(0, 7)}`);
  const found = await system.readModel.get(id);
  const occurred_at = found?.kind === 'found' ? found.entry.occurred_at : null;
  assert.match(String(occurred_at), /^\d{4}-\d\d-\d\dT/);
  assert.equal(field(item, 'data'), { entry_id: id, occurred_at });
  assert.equal(field(item, 'calls'), [{ id, occurred_at }]);
  assert.equal(field(item, 'metadata.actor'), { sub: 'auditor-9', role: 'auditor' });
  assert.is(field(item, 'metadata.request_id'), 'request-7');
});

test('a reading that was recorded before its call’s time was is shown with the call alone', async () => {
  const by = { actor: { sub: 'auditor-1', role: 'auditor' }, requestId: 'r' } as const;
  const shown = async () => field((await get('/api/admin/audit?limit=1', auditor)).json, 'items.0.calls');
  await system.options.audit.record({ type: 'RawFactsRead', data: { entry_id: id } }, by);
  assert.equal(await shown(), [{ id, occurred_at: null }]);
  const period = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', entries: 3 };
  await system.options.audit.record({ type: 'RawFactsRead', data: period }, by);
  assert.equal(await shown(), []);
});

test('a reading that cannot be recorded is refused', async () => {
  const down = await startSystem({
    audit: { ...system.options.audit, record: () => Promise.reject(new Error('away')) },
  });
  try {
    await tellRecording(down, 'main', 'inbound-answered');
    const { items } = await down.readModel.list({}, null, 1);
    const token = await down.token('auditor');
    assert.is((await down.ask({ path: `/api/crm/comms/${items[0]?.id}/events`, token })).status, 500);
  } finally {
    await down.close();
  }
});

test('the record of readings goes back over months, page by page, the newest first', async () => {
  const old = await startSystem();
  try {
    const reads = Array.from({ length: 5 }, () => randomUUID());
    for (const entry_id of reads) {
      await old.options.audit.record(
        { type: 'RawFactsRead', data: { entry_id } },
        { actor: { sub: 'auditor-1', role: 'auditor' }, requestId: entry_id },
      );
      old.clock.advance(20 * 86_400);
    }
    const token = await old.token('auditor');
    const seen: unknown[] = [];
    let path = '/api/admin/audit?limit=2';
    while (path !== '') {
      const answer = await old.ask({ path, token });
      assert.is(answer.status, 200, answer.text);
      seen.push(...Object(field(answer.json, 'items')).map((item: object) => field(item, 'data.entry_id')));
      path = /^<([^>]+)>/.exec(String(answer.headers.link ?? ''))?.[1] ?? '';
    }
    assert.equal(seen, reads.reverse());
  } finally {
    await old.close();
  }
});

test('the transcript is read by explain as the same call, with another number and another name', async () => {
  const answer = await get(`/api/crm/comms/${id}/transcript`, agent);
  assert.is(answer.status, 200);
  assert.match(answer.headers['content-disposition'] ?? '', /^attachment; filename="[0-9a-f-]+\.txt"$/);
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'call.txt');
    writeFileSync(file, answer.text);
    const [row, ...more] = rowsOf(await readRecording(file), RULES);
    const found = await system.readModel.get(id);
    const entry = found?.kind === 'found' ? found.entry : undefined;
    assert.equal(more, []);
    assert.ok(row && entry);
    for (const column of [
      'direction',
      'outcome',
      'extensions',
      'rang',
      'occurred_at',
      'answered_at',
      'body',
    ] as const) {
      assert.equal(row[column], entry[column], column);
    }
    assert.is(row.ext_message_id, entry.ext_message_id);
    assert.not.equal(row.external_number, entry.external_number);
    for (const personal of [entry.external_number_raw, entry.external_name]) {
      assert.ok(personal);
      assert.not(answer.text.includes(personal), 'personal data in the transcript');
    }
  });
});

test.run();
