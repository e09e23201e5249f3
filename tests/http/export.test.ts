import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { CommslogError } from '../../src/errors.ts';
import { entrySchema } from '../../src/http/contract/contract.ts';
import type { ReadModel } from '../../src/ports/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field, open } from './support/ask.ts';
import { tellCalls, tellCustomer } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('exporting entries');
const system = await startSystem();
const token = await system.token('auditor');
test.after(system.close);

/** More than are in memory at once. */
const CALLS = 510;

test.before(async () => {
  await tellCustomer(system, 'c-1', '=HYPERLINK("http://evil.example")');
  await tellCalls(
    system,
    Array.from({ length: CALLS }, (_, i) => ({
      customer_id: i < 500 ? 'c-1' : 'c-2',
      notes: i === 505 ? 'said "no",\nthen yes' : '',
      occurred_at: new Date(Date.UTC(2026, 10, 20, 10, i)).toISOString(),
    })),
  );
});

const get = (query: string) => system.ask({ path: `/api/crm/export?${query}`, token });

test('a table has one line for every entry of the list, newest first', async () => {
  const answer = await get('format=csv');
  assert.is(answer.status, 200);
  assert.match(answer.headers['content-type'] ?? '', /^text\/csv/);
  assert.is(answer.headers['content-disposition'], 'attachment; filename="calls.csv"');
  const ids = [...answer.text.matchAll(/^([0-9a-f-]{36}),(\S+?),/gm)];
  const { items } = await system.readModel.list({}, null, CALLS);
  assert.equal(
    ids.map(([, id, time]) => [id, time]),
    items.map(({ id, occurred_at }) => [id, occurred_at]),
  );
  assert.match(answer.text, /^id,occurred_at,direction,outcome,external_number,/);
});

test('the filters of the list choose what is exported', async () => {
  const { text } = await get('format=ndjson&customer_id=c-2&from=2026-11-20T18:25:00Z');
  const entries = text
    .trimEnd()
    .split('\n')
    .map((line) => entrySchema.parse(JSON.parse(line)));
  assert.is(entries.length, 5);
  assert.equal(new Set(entries.map((entry) => entry.customer_id)), new Set(['c-2']));
  assert.is((await get('customer_id=c-3&format=ndjson')).text, '');
  assert.is((await get('customer_id=c-3')).text.split('\r\n').length, 2);
  assert.is((await get('colour=red')).status, 422);
});

test('a cell is quoted where it must be, and none is a formula', async () => {
  const { text } = await get('customer_id=c-2&q=said');
  assert.ok(text.includes('"said ""no"",\nthen yes"'));
  const named = await get('customer_id=c-1&to=2026-11-20T10:01:00Z');
  assert.ok(named.text.includes(`"'=HYPERLINK(""http://evil.example"")"`), named.text);
});

test('it is recorded who exported what, without what was searched for', async () => {
  await get('format=csv&q=Papadopoulou&extension=101&direction=inbound&done=false');
  const audit = await system.ask({ path: '/api/admin/audit?limit=1', token });
  assert.is(field(audit.json, 'items.0.type'), 'LogExported');
  assert.is(field(audit.json, 'items.0.metadata.actor.sub'), 'auditor-1');
  assert.equal(field(audit.json, 'items.0.data'), {
    what: 'entries',
    format: 'csv',
    filters: { direction: ['inbound'], done: false, q: true, extension: true },
  });
});

test('a client that stops reading stops the reading of entries, one that leaves ends it', async () => {
  const { items } = await system.readModel.written({}, null, 100);
  let pages = 0;
  const written: ReadModel['written'] = async () => {
    pages += 1;
    // a bigger page than what sockets and streams hold
    return {
      items: Array.from({ length: 50 }, () => items).flat(),
      next: { version: 1, key: { occurredAt: 'x', id: 'x' } },
    };
  };
  const endless = await startSystem({ readModel: { ...system.readModel, written } });
  try {
    const token = await endless.token('auditor');
    const response = await open(endless.port, { path: '/api/crm/export', token });
    const paused = response.pause();
    await eventually('nothing more is read', async () => {
      const before = pages;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return pages === before;
    });
    const read = pages;
    assert.ok(read < 20, `${read} pages`);
    paused.resume();
    await eventually('reading goes on', () => pages > read);
    response.on('error', () => undefined);
    response.destroy();
    await eventually('nothing more is read after the client left', async () => {
      const before = pages;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return pages === before;
    });
  } finally {
    await endless.close();
  }
});

test('an error is an error at the beginning, and breaks the file off later', async () => {
  const { items } = await system.readModel.written({}, null, 100);
  let fails = 0;
  const written: ReadModel['written'] = async () => {
    if (fails-- === 0) throw new CommslogError('DATABASE_UNAVAILABLE', 'away');
    return { items, next: { version: 1, key: { occurredAt: 'x', id: 'x' } } };
  };
  const failing = await startSystem({ readModel: { ...system.readModel, written } });
  try {
    const token = await failing.token('auditor');
    assert.is((await failing.ask({ path: '/api/crm/export', token })).status, 503);
    fails = 3;
    const response = await open(failing.port, { path: '/api/crm/export', token });
    assert.is(response.statusCode, 200);
    response.resume();
    const [error] = await once(response, 'error');
    assert.is(error.code, 'ECONNRESET');
  } finally {
    await failing.close();
  }
});

test.run();
