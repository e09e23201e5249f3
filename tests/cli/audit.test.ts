import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { createAuditTrail } from '../../src/log/auditTrail.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING } from '../../src/ports/eventStore.ts';
import { Appending } from '../projections/support/appending.ts';
import { personsEvent, poison } from '../projections/support/events.ts';
import { catchUp, openReadModel } from '../projections/support/readModel.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { createDatabase } from '../support/postgres.ts';
import { command, type Ended } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('what the command line shows of the log', { deadlineMs: 90_000 });
const [database, other] = [await createDatabase(), await createDatabase()];
const model = await openReadModel(database.url);
test.after(async () => {
  await model.close();
  await Promise.all([database.drop(), other.drop()]);
});

const calls: { id: string; linkedid: string; occurredAt: string }[] = [];
test.before(async () => {
  const recordings = ['inbound-answered', 'inbound-transferred', 'outbound-busy'].map(demoRecording);
  await new Appending(model.log).append([
    ...(await sessionOf('athens', 0, recordings)),
    poison('call-athens-1795000000.1'),
  ]);
  await catchUp(model);
  const { rows } = await model.pool.query(
    'select id, ext_message_id as linkedid, occurred_at as "occurredAt" from read_v1.crm_comms_log order by occurred_at',
  );
  calls.push(...rows);
  assert.is(calls.length, 3);
});

const commslog = (...args: string[]): Promise<Ended> =>
  command(args, { DATABASE_URL: database.url, LOG_LEVEL: 'error', DEMO: 'off' });

async function works(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await commslog(...args);
  assert.is(status, 0, stderr);
  return stdout;
}

async function lastAudit() {
  const { items } = await createAuditTrail({ log: model.log, clock: systemClock }).list(null, 1);
  return items[0];
}

test('replay tells who rang, who answered and who was transferred to whom, and records that it was read', async () => {
  const [, transferred] = calls;
  const assigned = personsEvent('CallAssigned', { customer_id: 'c-1' }, systemClock.now());
  await model.log.append(streamOf.annotation(transferred?.id ?? ''), [assigned], 'no_stream');
  const text = await works('replay', transferred?.id ?? '');
  const story = text.split('\n').map((line) => line.replace(/^ +[\d:.]+ +/, ''));
  assert.match(text, /^2026-.* UTC {2}inbound \+30\d+, answered\./);
  assert.ok(
    story.some((line) => /^\d+ \(trunk \S+\) calls \d+$/.test(line)),
    text,
  );
  for (const part of ['is called', 'answers', 'and the outside party are connected', 'puts', 'hangs up']) {
    assert.ok(
      story.some((line) => line.includes(part)),
      `${part}: ${text}`,
    );
  }
  assert.is(story.filter(Boolean).at(-1), 'tester assigns it to a customer');
  const audit = await lastAudit();
  assert.equal(
    [audit?.type, audit?.data],
    ['RawFactsRead', { entry_id: transferred?.id, occurred_at: transferred?.occurredAt }],
  );
  assert.match(JSON.stringify(audit?.metadata.actor), /^\{"sub":"cli:.+","role":"admin"\}$/);
});

test('replay finds a call by the id that the PBX gave it, and gives its raw facts', async () => {
  const [answered] = calls;
  const lines = (await works('replay', answered?.linkedid ?? '', '--ndjson')).trimEnd().split('\n');
  const facts = lines.map((line) => JSON.parse(line));
  assert.ok(facts.length > 20);
  assert.ok(facts.every(({ stream }) => stream.startsWith('call-athens-')));
  const unknown = await commslog('replay', '1.1');
  assert.is(unknown.status, 1);
  assert.match(unknown.stderr, 'NOT_FOUND');
});

test('replay of a period tells every call in it, the oldest first', async () => {
  const text = await works('replay', '--from', '2026-01-01', '--to', '2027-01-01');
  const heads = [...text.matchAll(/([0-9a-f-]{36})$/gm)].map(([id]) => id);
  assert.equal(
    heads,
    calls.map(({ id }) => id),
  );
  const { from, to, entries, calls: read } = Object((await lastAudit())?.data);
  assert.equal([from, to, entries], ['2026-01-01T00:00:00.000000Z', '2027-01-01T00:00:00.000000Z', 3]);
  assert.equal(
    read,
    calls.map(({ id, occurredAt }) => ({ entry_id: id, occurred_at: occurredAt })),
  );
});

test('an export holds what was recorded in the period, is recorded itself, and is proved unchanged', () =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'facts.ndjson');
    const [from, to] = ['2026-01-01', '2100-01-01'];
    await works('export', file, '--from', from, '--to', to);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    let inLog = 0;
    for await (const batch of model.log.readAll(BEGINNING)) {
      inLog += batch.filter(({ metadata }) => String(metadata.recorded_at) >= '2026').length;
    }
    // but for the record of the export, which comes after it
    assert.is(lines.length, inLog - 1);
    assert.ok(!existsSync(`${file}.unfinished`));
    const audit = await lastAudit();
    assert.is(audit?.data.events, lines.length);
    assert.match(await works('verify', file), `${lines.length} events from 2026-01-01T00:00:00.000000Z`);

    const again = await commslog('export', file, '--from', from, '--to', to);
    assert.match(again.stderr, 'EXPORT_FAILED');
    appendFileSync(file, '\n');
    const changed = await commslog('verify', file);
    assert.is(changed.status, 1);
    assert.match(changed.stderr, 'EXPORT_CHANGED');
  }));

test('parked events are listed with the reason', async () => {
  assert.match(await works('parked'), /call-athens-1795000000\.1 0 {2}ChannelOpened {2}POISON_EVENT/);
});

test('parked events are tried again; what fails again is told, and so is how many there are', async () => {
  await model.pool.query(
    `insert into read_v1.parked select 1, 'call-athens-gone', 0, event_id, type, error, parked_at from read_v1.parked`,
  );
  const json = await commslog('parked', 'retry', '1', '--version', '1', '--json');
  assert.equal(JSON.parse(json.stdout), { version: 1, folded: 1, failed: [], remaining: 1, next: null });
  assert.is(json.status, 0, json.stderr);
  const again = await commslog('parked', 'retry');
  assert.is(again.status, 1);
  assert.match(again.stderr, /call-athens-1795000000\.1 0 {2}ChannelOpened {2}POISON_EVENT/);
  assert.equal(again.stdout.trim().split(/\s*\n\s*/), ['version  folded  still parked', '1        0       1']);
  assert.match((await commslog('parked', 'retry', '1')).stderr, 'NOT_FOUND');
  assert.match((await commslog('parked', 'retry', 'x')).stderr, 'A position');
  assert.match((await commslog('parked', 'retry', '--version', '7')).stderr, 'NOT_FOUND');
});

test('copy-log copies the log into another database and says that both are the same', async () => {
  const { status, stderr } = await command(['copy-log', '--from', database.url, '--to', other.url]);
  assert.is(status, 0, stderr);
  assert.match(stderr, /\d+ events are the same in both logs/);
  const wrong = await command(['copy-log', '--from', 'mysql://root:secret@host/db', '--to', other.url]);
  assert.is(wrong.status, 1);
  assert.match(wrong.stderr, 'CONFIG_INVALID');
  assert.not.match(wrong.stderr, 'secret');
});

test.run();
