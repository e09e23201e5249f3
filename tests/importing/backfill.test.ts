import { randomUUID } from 'node:crypto';
import pino from 'pino';
import * as assert from 'uvu/assert';
import { gapFilledSchema } from '../../src/domain/connectionEvents.ts';
import { envelope } from '../../src/domain/envelope.ts';
import { type JsonObject, type PbxFactData, streamOf } from '../../src/domain/events.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../src/domain/time.ts';
import { CommslogError } from '../../src/errors.ts';
import { backfill } from '../../src/importing/index.ts';
import { tellFilling } from '../../src/importing/tellFilling.ts';
import type { CallRecordSource } from '../../src/ports/callRecordSource.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { BEGINNING, type EventStore, readEvents } from '../../src/ports/eventStore.ts';
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
    const stop = start(log, source, { afterTheGapMs: [1, 1] });
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

test('says in the stream of the connections what became of a gap: how much of it nobody had heard', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const source = new Records();
    const stop = start(log, source, { afterTheGapMs: [1] });
    await eventually('told', async () => (await told(log)).length === 1);
    await stop();
    const inTheGap = callRecords().filter((record) => {
      const began = at(`${record.get('calldate')?.replace(' ', 'T')}Z`);
      return began > lastHeard - 1_000_000 && began <= connectedAgain;
    });
    const calls = new Set(inTheGap.map((record) => record.get('linkedid'))).size;
    assert.ok(calls > 1 && inTheGap.length > calls);
    const [filling] = await told(log);
    assert.equal(
      { ...filling, at: null },
      {
        session: 2,
        from: toRfc3339(lastHeard),
        to: toRfc3339(connectedAgain),
        at: null,
        outcome: 'filled',
        records: inTheGap.length,
        calls,
        reason: null,
        final: true,
      },
    );
  }));

test('a call that was heard is no new one, whatever its records say', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const heard = callsAroundTheGap().calls;
    const records = callRecords().filter((record) => {
      const began = at(`${record.get('calldate')?.replace(' ', 'T')}Z`);
      return began > lastHeard && began <= connectedAgain;
    });
    const linkedid = records[0]?.get('linkedid') ?? Object.values(heard)[0]?.ids[0] ?? '';
    const written = { at: systemClock.now(), app: 'test', correlationId: linkedid };
    const fact = envelope({ id: randomUUID(), type: 'ChannelOpened', data: { fields: [] } }, written);
    await log.append(streamOf.call('pbx', linkedid), [fact], 'no_stream');
    const stop = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('told', async () => (await told(log)).length === 1);
    await stop();
    const all = new Set(records.map((record) => record.get('linkedid'))).size;
    assert.is((await told(log))[0]?.calls, all - 1);
  }));

test('a gap from before the start is filled by whoever comes next, the oldest first, and a settled one never again', () =>
  withReadModel(async ({ log }) => {
    const month = 30 * 86_400_000_000;
    await connection(log, [
      ['PbxConnected', (lastHeard - 3 * month) as Micros],
      ['PbxDisconnected', (lastHeard - 2 * month) as Micros],
      ['PbxConnected', (lastHeard - month) as Micros],
      ['PbxDisconnected', lastHeard],
      ['PbxConnected', connectedAgain],
    ]);
    // ended after the first of the two
    const stop = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('one is told', async () => (await told(log)).length > 0);
    await stop();
    const stopSecond = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('both are told', async () => (await told(log)).length === 2);
    await stopSecond();
    assert.equal(
      (await told(log)).map(({ session }) => session),
      [2, 4],
    );
    const third = new Records();
    const stopThird = start(log, third, { afterTheGapMs: [1] });
    await connection(log, [['PbxDisconnected', (connectedAgain + 1_000_000) as Micros]]);
    await connection(log, [['PbxConnected', (connectedAgain + 2_000_000) as Micros]]);
    await eventually('the new one is told', async () => (await told(log)).length === 3);
    await stopThird();
    assert.is(third.asked, 1);
  }));

test('a gap whose tries were cut short has the rest of them after the next start', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const stop = start(log, new Records(), { afterTheGapMs: [1, 3_600_000] });
    await eventually('told once', async () => (await told(log)).length === 1);
    await stop();
    assert.is((await told(log))[0]?.final, false);
    const stopNext = start(log, new Records(), { afterTheGapMs: [1, 2] });
    await eventually('told again', async () => (await told(log)).length === 2);
    await stopNext();
    assert.is((await told(log))[1]?.final, true);
  }));

test('says once that nobody has told where the records are, and fills the gap as soon as somebody has', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const stop = start(log, null, { afterTheGapMs: [1] });
    await eventually('told', async () => (await told(log)).length === 1);
    await stop();
    const stopAgain = start(log, null, { afterTheGapMs: [1] });
    await connection(log, [['PbxDisconnected', (connectedAgain + 1_000_000) as Micros]]);
    await connection(log, [['PbxConnected', (connectedAgain + 2_000_000) as Micros]]);
    await eventually('the next is told', async () => (await told(log)).length === 2);
    await stopAgain();
    const because = (await told(log)).map(({ session, outcome, reason, final }) => [session, outcome, reason, final]);
    assert.equal(because, [
      [2, 'not_filled', 'not_configured', false],
      [5, 'not_filled', 'not_configured', false],
    ]);
    const stopThird = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('filled', async () => (await told(log)).filter(({ final }) => final).length === 2);
    await stopThird();
  }));

test('a first connection has no gap before it', () =>
  withReadModel(async ({ log }) => {
    const source = new Records();
    const stop = start(log, source, { afterTheGapMs: [1] });
    await connection(log, [
      ['PbxConnected', lastHeard],
      ['PbxDisconnected', connectedAgain],
    ]);
    await connection(log, [['PbxConnected', (connectedAgain + 5_000_000) as Micros]]);
    await eventually('asked for the second', () => source.asked === 1);
    await stop();
    assert.is(source.asked, 1);
  }));

test('a database that is away is asked again at the next time, and the log says so meanwhile', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const source = new Records({ failing: 1 });
    const stop = start(log, source, { afterTheGapMs: [1, 1] });
    await eventually('asked twice', () => source.asked === 2);
    await eventually('settled', async () => (await told(log)).some(({ final }) => final));
    await stop();
    assert.ok((await idsIn(log)).length > 0);
    assert.equal(
      (await told(log)).map(({ outcome, reason }) => [outcome, reason]),
      [
        ['not_filled', 'unavailable'],
        ['filled', null],
      ],
    );
  }));

test('an event of the connections that nobody can read holds up no gap', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const written = { at: systemClock.now(), app: 'test', correlationId: 'pbx' };
    const poison = envelope({ id: randomUUID(), type: 'PbxConnected', data: { at: 'once' } }, written);
    await log.append(streamOf.pbx('pbx'), [poison], 2n);
    const stop = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('told', async () => (await told(log)).length === 1);
    await stop();
  }));

test('a gap is told of once also when it is not known whether the log has heard it', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const deps = { log, pbx: 'pbx', app: 'test', clock: systemClock };
    const gap = { session: 2, from: lastHeard, to: connectedAgain };
    const filling = { at: connectedAgain, outcome: 'filled', records: 1, calls: 1, reason: null, final: true } as const;
    await tellFilling(deps, gap, filling);
    await connection(log, [['PbxDisconnected', connectedAgain]]);
    await tellFilling(deps, gap, filling);
    assert.is((await told(log)).length, 1);
  }));

test('what a journal held of a gap is not asked for: of the rest only, and of none when it held all', () =>
  withReadModel(async ({ log }) => {
    const half = ((lastHeard + connectedAgain) / 2) as Micros;
    await aroundTheGap(log);
    await connection(log, [
      ['GapHeard', half],
      ['PbxDisconnected', later(connectedAgain, 1)],
      ['PbxConnected', later(connectedAgain, 2)],
      ['GapHeard', later(connectedAgain, 2), { heard_session: 2 }],
      ['PbxDisconnected', later(connectedAgain, 3)],
      ['PbxConnected', later(connectedAgain, 4)],
    ]);
    const stop = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('told of two', async () => (await told(log)).length === 2);
    await stop();
    assert.equal(
      (await told(log)).map(({ session, from, to }) => [session, from, to]),
      [
        [2, toRfc3339(half), toRfc3339(connectedAgain)],
        [8, toRfc3339(later(connectedAgain, 3)), toRfc3339(later(connectedAgain, 4))],
      ],
    );
  }));

test('a gap whose journal is found when its records were asked for is not asked for again', () =>
  withReadModel(async ({ log }) => {
    await aroundTheGap(log);
    const stop = start(log, new Records(), { afterTheGapMs: [1, 3_000] });
    await eventually('told once', async () => (await told(log)).length === 1);
    await connection(log, [
      ['GapHeard', connectedAgain],
      ['PbxDisconnected', later(connectedAgain, 1)],
      ['PbxConnected', later(connectedAgain, 2)],
    ]);
    await eventually('the next is settled', async () => (await told(log)).some(({ final }) => final));
    await stop();
    assert.equal(
      (await told(log)).map(({ session, final }) => [session, final]),
      [
        [2, false],
        [6, false],
        [6, true],
      ],
    );
  }));

test('one server that leaves when another is there makes no gap, also told of its end afterwards or written late', () =>
  withReadModel(async ({ log }) => {
    const begun = at('2026-11-28T10:00:00Z');
    await connection(log, [
      ['PbxConnected', begun],
      ['PbxConnected', lastHeard],
      ['PbxDisconnected', later(lastHeard, 2), { session: 0, reason: 'HANDED_OVER' }],
      ['PbxDisconnected', later(lastHeard, 60)],
      ['PbxConnected', later(lastHeard, 90)],
      // it heard all of the gap, and could tell nobody
      ['PbxConnected', later(lastHeard, 50), { heard_before: 4 }],
      ['PbxDisconnected', later(lastHeard, 95), { session: 5 }],
      ['PbxDisconnected', later(lastHeard, 100), { session: 4 }],
      ['PbxConnected', later(lastHeard, 110)],
    ]);
    const stop = start(log, new Records(), { afterTheGapMs: [1] });
    await eventually('told', async () => (await told(log)).length > 0);
    await stop();
    assert.equal(
      (await told(log)).map(({ session, from }) => [session, from]),
      [[8, toRfc3339(later(lastHeard, 100))]],
    );
  }));

test.run();

function later(time: Micros, seconds: number): Micros {
  return (time + seconds * 1_000_000) as Micros;
}

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
  source: Records | null,
  options: { readonly afterTheGapMs: readonly number[] },
): () => Promise<void> {
  const stop = new AbortController();
  const logger = pino({ level: 'silent' });
  const open = source && (() => source.open());
  const own = { log, pbx: 'pbx', zone: 'UTC', open, clock: systemClock, app: 'test', logger };
  const done = backfill({ ...own, ...options, signal: stop.signal });
  return async () => {
    stop.abort();
    await done;
  };
}

async function aroundTheGap(log: EventStore): Promise<void> {
  await connection(log, [
    ['PbxConnected', at('2026-11-28T10:00:00Z')],
    ['PbxDisconnected', lastHeard],
    ['PbxConnected', connectedAgain],
  ]);
}

/** What the log says became of the gaps, in its order. */
async function told(log: EventStore) {
  const events = await readEvents(log, streamOf.pbx('pbx'));
  return events.filter(({ type }) => type === 'GapFilled').map(({ data }) => gapFilledSchema.parse(data));
}

function at(text: string): Micros {
  return fromRfc3339(text) ?? (0 as Micros);
}

/** What the listener says of a connection, one after the other. */
async function connection(
  log: EventStore,
  told: readonly [type: 'PbxConnected' | 'PbxDisconnected' | 'GapHeard', time: Micros, more?: JsonObject][],
): Promise<void> {
  const stream = streamOf.pbx('pbx');
  for (const [type, time, more = {}] of told) {
    const before = await readEvents(log, stream);
    const revision = before.at(-1)?.revision ?? 'no_stream';
    const session = Number(before.findLast((event) => event.type === 'PbxConnected')?.revision ?? 0);
    const text = toRfc3339(time);
    const data: JsonObject = {
      PbxConnected: { at: text, ami_version: null, clock_offset_ms: null },
      PbxDisconnected: { session, at: text, last_heard_at: text, reason: 'AMI_CONNECTION_LOST', pbx_went_down: false },
      GapHeard: { session, heard_session: 0, until: text, facts: 1, set_aside: 0, at: text },
    }[type];
    const written = { at: systemClock.now(), app: 'test', correlationId: stream };
    await log.append(stream, [envelope({ id: randomUUID(), type, data: { ...data, ...more } }, written)], revision);
  }
}

async function idsIn(log: EventStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of log.readAll(BEGINNING, { streamPrefixes: ['cdr-'] }))
    ids.push(...batch.map(({ stream }) => stream.slice('cdr-pbx-'.length)));
  return ids;
}
