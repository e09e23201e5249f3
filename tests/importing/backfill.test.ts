import { randomUUID } from 'node:crypto';
import pino from 'pino';
import * as assert from 'uvu/assert';
import { envelope } from '../../src/domain/envelope.ts';
import { type JsonObject, type PbxFactData, streamOf } from '../../src/domain/events.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { CommslogError } from '../../src/errors.ts';
import { backfill } from '../../src/importing/index.ts';
import type { CallRecordSource } from '../../src/ports/callRecordSource.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING, type EventStore } from '../../src/ports/eventStore.ts';
import { withReadModel } from '../projections/support/readModel.ts';
import { callRecords, callsAroundTheGap } from '../support/callRecords.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';

const test = suite('filling gaps from call records', { deadlineMs: 60_000 });

const seconds = (time: number) => Math.round(time * 1_000_000) as Micros;
const [lastHeard, connectedAgain] = callsAroundTheGap().gap.map(seconds) as [Micros, Micros];

test('brings in the records of what was not heard when the PBX is connected again, and asks again later', () =>
  withReadModel(async ({ log }) => {
    await connection(log, [
      ['PbxConnected', at('2026-11-28T10:00:00Z')],
      ['PbxDisconnected', lastHeard],
    ]);
    const source = new Records();
    const stop = start(log, source, { since: lastHeard, afterTheGapMs: [1, 1] });
    await connection(log, [['PbxConnected', connectedAgain]]);
    await eventually('asked twice', () => source.asked === 2);
    await stop();
    const ids = new Set(await idsIn(log));
    for (const [name, call] of Object.entries(callsAroundTheGap().calls)) assert.ok(ids.has(call.ids[0] ?? ''), name);
    const first = callRecords()[0]?.get('linkedid');
    assert.ok(ids.has(first ?? ''), 'a call that was in progress can have begun hours before');
    const later = callRecords().find((record) => (record.get('calldate') ?? '') > '2026-11-28 14:55:00');
    assert.not.ok(ids.has(later?.get('linkedid') ?? ''), 'what came after the gap was heard');
  }));

test('fills the gap that a start ends, and none that ended before', () =>
  withReadModel(async ({ log }) => {
    await connection(log, [
      ['PbxConnected', at('2026-11-28T10:00:00Z')],
      ['PbxDisconnected', lastHeard],
      ['PbxConnected', connectedAgain],
    ]);
    const late = new Records();
    const stopLate = start(log, late, { since: (connectedAgain + 1) as Micros, afterTheGapMs: [1] });
    const source = new Records();
    const stop = start(log, source, { since: connectedAgain, afterTheGapMs: [1] });
    await eventually('asked', () => source.asked === 1);
    await Promise.all([stop(), stopLate()]);
    assert.is(late.asked, 0);
  }));

test('a first connection has no gap before it', () =>
  withReadModel(async ({ log }) => {
    const source = new Records();
    const stop = start(log, source, { since: 0 as Micros, afterTheGapMs: [1] });
    await connection(log, [
      ['PbxConnected', lastHeard],
      ['PbxDisconnected', connectedAgain],
    ]);
    await connection(log, [['PbxConnected', (connectedAgain + 5_000_000) as Micros]]);
    await eventually('asked for the second', () => source.asked === 1);
    await stop();
    assert.is(source.asked, 1);
  }));

test('a database that is away is asked again at the next time', () =>
  withReadModel(async ({ log }) => {
    await connection(log, [
      ['PbxConnected', at('2026-11-28T10:00:00Z')],
      ['PbxDisconnected', lastHeard],
    ]);
    await connection(log, [['PbxConnected', connectedAgain]]);
    const source = new Records({ failing: 1 });
    const stop = start(log, source, { since: lastHeard, afterTheGapMs: [1, 1] });
    await eventually('asked twice', () => source.asked === 2);
    await stop();
    assert.ok((await idsIn(log)).length > 0);
  }));

test.run();

class Records {
  asked = 0;
  #failing: number;

  constructor({ failing = 0 } = {}) {
    this.#failing = failing;
  }

  async open(): Promise<CallRecordSource> {
    const isAway = this.#failing > 0;
    this.#failing -= 1;
    if (isAway) {
      this.asked += 1;
      throw new CommslogError('CDR_UNAVAILABLE', 'away');
    }
    const records = callRecords().map((record): PbxFactData => ({ fields: [...record] }));
    const counted = () => {
      this.asked += 1;
    };
    return {
      async *batches() {
        yield { records, unreadable: 0, key: 'end' };
      },
      async close() {
        counted();
      },
    };
  }
}

function start(
  log: EventStore,
  source: Records,
  options: { readonly since: Micros; readonly afterTheGapMs: readonly number[] },
): () => Promise<void> {
  const stop = new AbortController();
  const logger = pino({ level: 'silent' });
  const own = { log, pbx: 'pbx', zone: 'UTC', open: () => source.open(), clock: systemClock, app: 'test', logger };
  const done = backfill({ ...own, ...options, signal: stop.signal });
  return async () => {
    stop.abort();
    await done;
  };
}

function at(text: string): Micros {
  return fromRfc3339(text) ?? (0 as Micros);
}

/** What the listener says of a connection, one after the other. */
async function connection(
  log: EventStore,
  told: readonly ['PbxConnected' | 'PbxDisconnected', Micros][],
): Promise<void> {
  const stream = streamOf.pbx('pbx');
  for (const [type, time] of told) {
    let revision: bigint | 'no_stream' = 'no_stream';
    for await (const batch of log.readStream(stream)) revision = batch.at(-1)?.revision ?? revision;
    const text = toRfc3339(time);
    const data: JsonObject =
      type === 'PbxConnected'
        ? { at: text, ami_version: null, clock_offset_ms: null }
        : { session: 0, at: text, last_heard_at: text, reason: 'AMI_CONNECTION_LOST', pbx_went_down: false };
    const written = { at: systemClock.now(), app: 'test', correlationId: stream };
    await log.append(stream, [envelope({ id: randomUUID(), type, data }, written)], revision);
  }
}

async function idsIn(log: EventStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of log.readAll(BEGINNING, { streamPrefixes: ['cdr-'] }))
    ids.push(...batch.map(({ stream }) => stream.slice('cdr-pbx-'.length)));
  return ids;
}
