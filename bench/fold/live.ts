/**
 * What a projector works for one event while a conference grows, a long call goes on, or the connection to a PBX with thousands
 * of open calls is lost: each event is projected as soon as it comes, and a page of what waits before it.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import pino from 'pino';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import { derivationOf } from '../../src/domain/derivation.ts';
import { type JsonObject, streamOf } from '../../src/domain/events.ts';
import { channelsMeant } from '../../src/domain/facts/grouping.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { createPool } from '../../src/postgres.ts';
import { BehindLive } from '../../src/projections/following/behindLive.ts';
import { Projection } from '../../src/projections/following/projection.ts';
import { controlDb, migrate } from '../../src/projections/index.ts';
import { type Incoming, incomingOf } from '../../src/projections/tables/batch.ts';
import { createVersion } from '../../src/projections/tables/createVersion.ts';
import { Appending } from '../../tests/projections/support/appending.ts';
import type { Told } from '../../tests/projections/support/events.ts';
import { type ScenarioPbx, START } from '../../tests/support/scenarioPbx.ts';
import type { BenchLine } from '../line.ts';
import { callsOfTwo, conference, holds } from './calls.ts';

const RULES = defaultRules('GR');
/** Events that come one by one; what was before them is projected at once. */
const LIVE = 500;
const BATCH = 500;
const OPEN_CALLS = 3_500;
const FACTS_OF_TWO = 8;

type Model = { readonly pool: pg.Pool; readonly log: EventStore; readonly version: number };
/** In milliseconds: what was worked for one event in the mean, and how long one waited at most. */
type Took = { readonly each: number; readonly longest: number };

export async function* live(): AsyncIterable<BenchLine> {
  const usual = await withModel((model) => took(model, said('usual', callsOfTwo(BATCH + LIVE))));
  const beside = function* (what: string, { each, longest }: Took): Iterable<BenchLine> {
    const of = (bench: string, value: number, baseline: number) => ({
      bench: `fold: ${bench}, beside calls of two`,
      value,
      unit: 'ms',
      baseline,
      ratio: value / baseline,
    });
    yield of(`work for each event of ${what}`, each, usual.each);
    yield of(`longest wait of an event of ${what}`, longest, usual.longest);
  };
  for (const people of [100, 400]) {
    yield* beside(
      `a conference of ${people}`,
      await withModel((model) => took(model, said('pbx', conference(people)))),
    );
  }
  for (const facts of [2_000, 20_000]) {
    yield* beside(`a call of ${facts} facts`, await withModel((model) => took(model, said('pbx', holds(facts)))));
  }
  const open = said('pbx', callsOfTwo(FACTS_OF_TWO * OPEN_CALLS));
  const others = [disconnected('pbx'), ...said('other', callsOfTwo(LIVE)).slice(0, LIVE - 1)];
  yield* beside(
    `another PBX while one with ${OPEN_CALLS} open calls is lost`,
    await withModel((model) => took(model, [...open, ...others])),
  );
}

/** The last events one by one, and what waits behind them. */
async function took({ pool, log, version }: Model, told: readonly Told[]): Promise<Took> {
  await new Appending(log).append(told);
  const projection = new Projection({ pool, schema: `read_v${version}`, rules: RULES, log, clock: systemClock });
  const behind = new BehindLive(projection, { version, logger: pino({ level: 'silent' }) });
  const settle = async () => {
    while ((await behind.doSome()) === 0);
  };
  await projection.resume();
  const events: Incoming[] = [];
  for await (const batch of log.readAll(0n)) events.push(...batch.map(incomingOf));
  const before = events.length - LIVE;
  for (let at = 0; at < before; at += BATCH) await projection.apply(events.slice(at, Math.min(before, at + BATCH)));
  await settle();
  const waits: number[] = [];
  for (const event of events.slice(before)) {
    const from = performance.now();
    await behind.doSome();
    await projection.apply([event]);
    waits.push(performance.now() - from);
  }
  const from = performance.now();
  await settle();
  const all = waits.reduce((sum, one) => sum + one, performance.now() - from);
  return { each: all / LIVE, longest: Math.max(...waits) };
}

function said(pbx: string, { events, facts }: ScenarioPbx): Told[] {
  const told = events.map(({ metadata, ...event }, at): Told => {
    const [channel] = facts[at] ? channelsMeant(facts[at]) : [];
    const stream = streamOf.call(pbx, channel?.linkedid ?? channel?.uniqueid ?? '');
    return { stream, event: { ...event, id: crypto.randomUUID(), metadata: { ...metadata, pbx } } };
  });
  return [ofConnection(pbx, 'PbxConnected', { at: AT, ami_version: null, clock_offset_ms: null }), ...told];
}

function disconnected(pbx: string): Told {
  const data = { at: AT, session: 0, last_heard_at: AT, pbx_went_down: false, reason: 'connection lost' };
  return ofConnection(pbx, 'PbxDisconnected', data);
}

function ofConnection(pbx: string, type: string, data: JsonObject): Told {
  const metadata = { v: 1, recorded_at: AT, app: 'bench', $correlationId: streamOf.pbx(pbx) };
  return { stream: streamOf.pbx(pbx), event: { id: crypto.randomUUID(), type, data, metadata } };
}

async function withModel<T>(work: (model: Model) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  try {
    const log = await openPostgresLog({ url: server.url });
    const pool = createPool(server.url);
    const db = controlDb(pool);
    await migrate(db);
    const version = 1;
    await createVersion(db, version, { logId: await log.logId(), rules: RULES, derivation: derivationOf(RULES) });
    const result = await work({ pool, log, version });
    await pool.end();
    await log.close();
    return result;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const AT = toRfc3339((START * 1_000_000) as Micros);
