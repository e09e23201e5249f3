import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { actedSource, type Scene } from '../../../src/adapters/ami/index.ts';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { demoCompany, demoCustomers } from '../../../src/cli/demo/company.ts';
import { drawHistory } from '../../../src/cli/demo/history.ts';
import { LAST_ACT } from '../../../src/cli/demo/peoplesActs.ts';
import { seedHistory } from '../../../src/cli/demo/seed.ts';
import { callEntrySchema } from '../../../src/domain/entry.ts';
import { streamOf } from '../../../src/domain/events.ts';
import { recordedAt } from '../../../src/domain/recorded.ts';
import { toRfc3339 } from '../../../src/domain/time.ts';
import { Journal } from '../../../src/listening/index.ts';
import { settingsInForce } from '../../../src/log/settings.ts';
import { firstEvent } from '../../../src/log/streamEnds.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { BEGINNING, type EventStore } from '../../../src/ports/eventStore.ts';
import { systemEvent } from '../../projections/support/events.ts';
import { RULES, silent } from '../../projections/support/readModel.ts';
import { refold } from '../../projections/support/refold.ts';
import { eventually } from '../../support/eventually.ts';
import { createDatabase } from '../../support/postgres.ts';
import { newSeed, Random } from '../../support/random.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import { differences } from './meant.ts';

const test = suite("the demo's history in the log", { deadlineMs: 280_000 });
const ZONE = 'Europe/Athens';
const PBX = 'demo';
const WORKER = fileURLToPath(new URL('seedWorker.ts', import.meta.url));
/** More than the smallest, less than the whole of what the history has. */
const MOST_EVENTS = 45_000;
const KILLS = 2;

async function withLog(work: (log: EventStore, url: string, folder: string) => Promise<void>): Promise<void> {
  const { url, drop } = await createDatabase();
  const log = await openPostgresLog({ url, logger: silent });
  try {
    await inTemporaryFolder((folder) => work(log, url, folder));
  } finally {
    await log.close();
    await drop();
  }
}

async function seed(log: EventStore, folder: string): Promise<void> {
  const openJournal = () => Journal.open({ folder, logger: silent });
  const { signal } = new AbortController();
  await seedHistory({ log, pbx: PBX, zone: ZONE, now: systemClock.now(), logger: silent, signal, openJournal });
}

/** How many of each kind the directory is told of. */
async function registered(log: EventStore): Promise<Record<string, number>> {
  const counts: Record<string, number> = { PersonRegistered: 0, TeamRegistered: 0, PlacesNamed: 0 };
  for await (const events of log.readAll(BEGINNING, { streamPrefixes: ['person-', 'team-', streamOf.places] })) {
    for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** Which call of the drawn history stands under which id. */
async function scenesById(log: EventStore): Promise<ReadonlyMap<string, Scene>> {
  const registered = await firstEvent(log, streamOf.customer(demoCustomers()[0]?.id ?? ''));
  assert.ok(registered);
  const options = { company: demoCompany(), customers: demoCustomers(), until: recordedAt(registered), zone: ZONE };
  const ids = new Map<string, Scene>();
  const onBegun = (scene: Scene, linkedid: string) => ids.set(linkedid, scene);
  const source = actedSource({ pbx: PBX, scenes: drawHistory(options), toldUntil: null, onBegun });
  for await (const _ of source.items(new AbortController().signal));
  return ids;
}

test('is whole and nothing stands in it twice, however often the process is killed while it is written', () =>
  withLog(async (log, url, folder) => {
    const number = newSeed();
    console.log(`seed ${number}`);
    const random = new Random(number);
    const kills = Array.from({ length: KILLS }, () => random.below(MOST_EVENTS)).sort((a, b) => a - b);
    for (const events of kills) {
      const worker = fork(WORKER, { execArgv: ['--import', 'tsx'], env: { ...process.env, url, folder, zone: ZONE } });
      const ended = once(worker, 'exit');
      await eventually(`${events} events`, async () => (await log.head()) >= BigInt(events), 120_000);
      worker.kill('SIGKILL');
      await ended;
    }
    await seed(log, folder);
    const head = await log.head();
    await seed(log, folder);
    assert.is(await log.head(), head, 'it is done');
    const ids = await scenesById(log);
    const { entries, current } = await refold(log, RULES);
    const rows = entries.filter(({ source }) => source === 'pbx').map((entry) => callEntrySchema.parse(entry));
    assert.equal(current, []);
    assert.is(rows.length, ids.size);
    assert.equal(
      rows.flatMap((row) => differences(row, ids.get(row.ext_message_id))),
      [],
    );
    assert.is(entries.filter(({ source }) => source === 'manual').length, 14);
    assert.equal(await registered(log), { PersonRegistered: 12, TeamRegistered: 2, PlacesNamed: 1 });
    const { call_backs_since: since } = await settingsInForce(log);
    const first = rows.map(({ occurred_at: at }) => at ?? '').sort()[0] ?? '';
    assert.ok(since !== null && since <= first, `who called at ${first} waits since ${since}`);
    const said = (field: string) => entries.filter((entry) => JSON.stringify(entry[field] ?? []).length > 4).length;
    assert.ok(said('notes') > 80, `${said('notes')} with notes`);
    assert.ok(said('done_at') > 80, `${said('done_at')} done with`);

    await log.erase([LAST_ACT]);
    await seed(log, folder);
    assert.is((await refold(log, RULES)).entries.length, entries.length - 1, 'what was erased stays so');
  }));

test('is not told to a log of a demo from before there was this', () =>
  withLog(async (log, _url, folder) => {
    const data = { at: toRfc3339(systemClock.now()), ami_version: null, clock_offset_ms: null };
    await log.append(streamOf.pbx(PBX), [systemEvent('PbxConnected', data, systemClock.now())], 'no_stream');
    const head = await log.head();
    await seed(log, folder);
    assert.is(await log.head(), head);
  }));

test.run();
