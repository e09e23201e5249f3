import { request } from 'node:http';
import * as assert from 'uvu/assert';
import { createAuditTrail } from '../../src/log/auditTrail.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { createHistory } from '../../src/projections/index.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellRecording } from './support/facts.ts';
import { type System, startSystem } from './support/system.ts';

const test = suite('who leaves before the answer');

/** So many are read before the client leaves. */
const READ_BEFORE = 2;
const YEARS = 50;

/** Counts what is read of streams; stops before the one after `READ_BEFORE` until it is told to go on. */
function gatedLog(log: EventStore) {
  const reads: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const readStream: EventStore['readStream'] = async function* (stream, options) {
    reads.push(stream);
    if (reads.length > READ_BEFORE) await gate;
    yield* log.readStream(stream, options);
  };
  const gated: EventStore = {
    append: (...args) => log.append(...args),
    readStream,
    readAll: (...args) => log.readAll(...args),
    subscribe: (...args) => log.subscribe(...args),
    erase: (...args) => log.erase(...args),
    eraseEvents: log.eraseEvents,
    head: () => log.head(),
    logId: () => log.logId(),
    close: () => log.close(),
  };
  return { log: gated, reads, open };
}

/** Asks for the path, leaves when the log stands still, and lets it go on when the server knows; what was read in all. */
async function readsOfWhoLeaves(path: (system: System) => Promise<string>): Promise<number> {
  const base = await startSystem();
  const { log, reads, open } = gatedLog(base.log);
  const { pool, url, clock, options } = base;
  const system = await startSystem({
    readModel: base.readModel,
    history: createHistory({ pool, url, log, clock, logger: options.logger }),
    audit: createAuditTrail({ log, clock }),
    secret: options.secret,
  });
  try {
    await tellRecording(base, 'one', 'inbound-transferred');
    const where = await path(base);
    reads.length = 0;
    const asked = request({
      host: '127.0.0.1',
      port: system.port,
      path: where,
      agent: false,
      headers: { authorization: `Bearer ${await base.token('admin')}` },
    });
    asked.on('error', () => undefined).end();
    await eventually('it is being read', () => reads.length > READ_BEFORE);
    asked.destroy();
    await eventually('the client has left', () => asked.closed);
    const told = async () => (await system.ask({ path: '/metrics', token: await base.token('admin') })).text;
    const ended = /^commslog_http_request_seconds_count\{.*route="\/api\/(?:crm\/comms|admin\/(?:audit|reconcile))/m;
    await eventually('the server knows that the client has left', async () => ended.test(await told()));
    open();
    // whatever goes on does so at once: it waits for nothing but this log
    await base.log.head();
    await base.log.head();
    return reads.length;
  } finally {
    open();
    await system.close();
    await base.close();
  }
}

const entryOf = async (system: System) => (await system.readModel.list({}, null, 1)).items[0]?.id ?? '';

test('of the record of readings reads no month more, however many there are', async () => {
  const reads = await readsOfWhoLeaves(async (system) => {
    system.clock.advance(YEARS * 365 * 86_400);
    return '/api/admin/audit';
  });
  assert.is(reads, READ_BEFORE + 1);
});

test('of raw facts reads no stream more', async () => {
  assert.is(
    await readsOfWhoLeaves(async (system) => `/api/crm/comms/${await entryOf(system)}/events`),
    READ_BEFORE + 1,
  );
});

test('of an entry as it was reads no stream more', async () => {
  const now = (system: System) => new Date(system.clock.now() / 1000).toISOString();
  assert.is(
    await readsOfWhoLeaves(async (system) => `/api/crm/comms/${await entryOf(system)}?as_of=${now(system)}`),
    READ_BEFORE + 1,
  );
});

test('a cursor of a month that has not come begins at the end', async () => {
  const base = await startSystem();
  const streams: string[] = [];
  const log: Pick<EventStore, 'append' | 'readStream'> = {
    append: (...args) => base.log.append(...args),
    readStream: (stream, options) => {
      streams.push(stream);
      return base.log.readStream(stream, options);
    },
  };
  const audit = createAuditTrail({ log, clock: base.clock });
  const system = await startSystem({ audit, secret: base.options.secret });
  try {
    const token = await base.token('auditor');
    const entries = ['1', '2'].map((n) => `6f1c2f4e-0d5b-4a7e-9c55-1d9a0a3b7c1${n}`);
    for (const entry_id of entries) {
      await audit.record(
        { type: 'RawFactsRead', data: { entry_id } },
        { actor: { sub: 'auditor-1', role: 'auditor' }, requestId: entry_id },
      );
    }
    const first = await system.ask({ path: '/api/admin/audit?limit=1', token });
    const cursor = Buffer.from(String(field(first.json, 'page.next_cursor')), 'base64url').toString();
    const forged = Buffer.from(cursor.replace(/\["\d{4}-\d\d"/, '["9999-12"')).toString('base64url');
    streams.length = 0;
    const answer = await system.ask({ path: `/api/admin/audit?limit=1&cursor=${forged}`, token });
    assert.is(answer.status, 200, answer.text);
    assert.equal(field(answer.json, 'items'), field(first.json, 'items'));
    assert.ok(streams.length <= 2, streams.join(' '));
  } finally {
    await system.close();
    await base.close();
  }
});

test.run();
