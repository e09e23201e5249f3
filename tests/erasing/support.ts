import type pg from 'pg';
import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { type Author, streamOf } from '../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../src/domain/time.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { customerTold, personsEvent, systemEvent, type Told } from '../projections/support/events.ts';
import { demoRecording, joining, sessionOf } from '../projections/support/recordedCalls.ts';

export const AT = 1_795_000_000_000_000 as Micros;
const LATER = (AT + 86_400_000_000) as Micros;
export const BY: Author = { actor: { sub: 'cli:tester', role: 'admin' }, requestId: 'request-1' };
export const ERASED = 'b-17';
export const OTHER = 'other';
const BY_HAND = '5d2f8a34-8a0e-4b55-a6f9-000000000001';
const MERGED = '5d2f8a34-8a0e-4b55-a6f9-000000000002';
const VOID = '5d2f8a34-8a0e-4b55-a6f9-000000000003';
/** under which the first call is joined with another one, so that its first id is a former one */
const OLDER = '1794999999.1';

/** What may be found nowhere: numbers in whatever spelling, names, notes. */
export const SECRETS = [
  /69\W*1234\W*5678/,
  /69\W*1234\W*3004/,
  /6945550486/,
  /MARIOS K/,
  /Σοφία/,
  /what the .* note says/,
];

/** The streams and ids that the history is made of. */
export type History = {
  readonly told: readonly Told[];
  /** of the call that was joined with an older one: its streams, its first id and the one that it has now */
  readonly joined: {
    readonly streams: readonly string[];
    readonly former: string;
    readonly id: string;
    readonly call: string;
  };
};

/**
 * A customer with calls of two numbers (one of them transferred, one with a former id, a note on each, a call by hand that
 * was merged with it, and a parked event), a call that a person assigned to it, calls logged by hand, one of them void, and
 * facts in the stream of a session; and others, one of whom shares a number with it.
 */
export async function historyOfTwo(): Promise<History> {
  const names = ['inbound-answered', 'inbound-transferred', 'outbound-busy', 'outbound-answered', 'inbound-queue'];
  const heard = await sessionOf('pbx', 0, names.map(demoRecording));
  const calls = [...new Set(heard.map(({ stream }) => stream))].filter((stream) => /-\d+\.\d+$/.test(stream));
  // the transferred one is in two streams
  const [answered = '', , , busy = ''] = calls.map((stream) => stream.slice('call-pbx-'.length));
  const ids = { former: entryId('pbx', OLDER), id: entryId('pbx', answered) };
  const told = [
    customerTold('CustomerRegistered', OTHER, ['6945556677', '6912341111'], AT),
    named(['6912345678', '0030 69 1234 3004', '6912341111']),
    ...heard,
    broken(streamOf.call('pbx', answered)),
    inSession('6912345678', 9_001),
    inSession('6945556677', 9_002),
    note(ids.former, 'what the former note says'),
    joining(OLDER, answered, 9_003, AT),
    note(ids.id, 'what the own note says'),
    ...[BY_HAND, MERGED, VOID].map(byHand),
    { stream: streamOf.manual(VOID), event: personsEvent('CallVoided', {}, AT) },
    { stream: streamOf.annotation(ids.id), event: personsEvent('ManualCallMerged', { manual: MERGED }, AT) },
    {
      stream: streamOf.annotation(entryId('pbx', busy)),
      event: personsEvent('CallAssigned', { customer_id: ERASED }, AT),
    },
    { stream: streamOf.customer(ERASED), event: named(['+306912345678', '6912341111'], 'CustomerChanged').event },
  ];
  return { told, joined: { streams: [answered, OLDER].map((id) => streamOf.call('pbx', id)), ...ids, call: answered } };
}

function named(
  numbers: readonly string[],
  type: 'CustomerRegistered' | 'CustomerChanged' = 'CustomerRegistered',
): Told {
  const data = { name: 'Σοφία Καλλέργη', numbers: numbers.map((number) => ({ number })) };
  return {
    stream: streamOf.customer(ERASED),
    event: personsEvent(type, data, type === 'CustomerChanged' ? LATER : AT),
  };
}

function note(id: string, text: string): Told {
  return { stream: streamOf.annotation(id), event: personsEvent('NoteAdded', { text }, AT) };
}

function byHand(uuid: string): Told {
  const data = {
    customer_id: ERASED,
    direction: 'inbound',
    duration_seconds: 60,
    notes: 'what the manual note says',
    occurred_at: toRfc3339(AT),
    request_hash: null,
  };
  return { stream: streamOf.manual(uuid), event: personsEvent('CallLogged', data, AT) };
}

/** A fact that no program can read. */
function broken(stream: string): Told {
  return { stream, event: systemEvent('ChannelOpened', { fields: 'of 6912345678' }, AT) };
}

/** A fact of session 0. */
export function fact(stream: string, fields: readonly (readonly [string, string])[], seq: number): Told {
  const { metadata, ...event } = systemEvent('PbxEventObserved', { fields }, AT);
  return {
    stream,
    event: { ...event, metadata: { ...metadata, pbx: 'pbx', session: 0, seq, received_at: toRfc3339(AT) } },
  };
}

function inSession(number: string, seq: number): Told {
  return fact(
    streamOf.session('pbx', 0),
    [
      ['Event', 'Alarm'],
      ['CallerIDNum', number],
    ],
    seq,
  );
}

/** Each event behind what stands in its stream. */
export async function appendAll(log: EventStore, told: readonly Told[]): Promise<void> {
  const ends = new Map<string, bigint>();
  for (const { stream, event } of told) {
    const { revision } = await log.append(stream, [event], ends.get(stream) ?? 'no_stream');
    ends.set(stream, revision);
  }
}

/** Looks into every row of every table of the database, or of those that `isLookedAt` names. */
export async function assertNowhere(
  pool: pg.Pool,
  secrets: readonly RegExp[],
  isLookedAt: (table: string) => boolean = () => true,
): Promise<void> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  assert.ok(tables.length > 15);
  for (const { name } of tables.filter((table) => isLookedAt(table.name))) {
    const { rows } = await pool.query<{ text: string }>(`select row::text as text from ${name} as row`);
    for (const { text } of rows) {
      for (const secret of secrets) assert.not.ok(secret.test(text), `${secret} stands in ${name}: ${text}`);
    }
  }
}
