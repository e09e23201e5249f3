import type pg from 'pg';
import { policyOf } from '../../../errorPolicy.ts';
import { CommslogError } from '../../../errors.ts';
import type { OutgoingEvent } from '../../../log/outgoing.ts';
import type { AppendResult, ExpectedRevision } from '../../../ports/eventStore.ts';
import { toLogError } from './errors.ts';
import { writeAppends } from './writeAppends.ts';

const MAX_WAITING_APPENDS = 10_000;
/** Appends that share one transaction: one wait for the disk instead of many. */
const MAX_APPENDS_A_COMMIT = 256;
const MAX_EVENTS_A_COMMIT = 5_000;

type Waiting = {
  readonly stream: string;
  readonly events: readonly OutgoingEvent[];
  readonly expected: ExpectedRevision;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
};

export type Appender = {
  append(stream: string, events: readonly OutgoingEvent[], expected: ExpectedRevision): Promise<AppendResult>;
  /** Resolves when everything that was accepted has been answered. */
  idle(): Promise<void>;
};

/**
 * Writes appends in the order in which they came; those that wait together are committed together. When one of them can
 * never be stored, halving finds it: it alone fails.
 */
export function createAppender(pool: pg.Pool, schema: string, channel: string): Appender {
  const waiting: Waiting[] = [];
  let working: Promise<void> | undefined;

  const work = async () => {
    while (waiting.length > 0) await commitTogether(takeGroup(waiting));
    working = undefined;
  };

  const commitTogether = async (group: readonly Waiting[]) => {
    const answers: (() => void)[] = [];
    let client: pg.PoolClient | undefined;
    let committing = false;
    try {
      client = await pool.connect();
      await client.query('begin');
      let head = await lockHead(client, schema);
      for (const run of runsOfDistinctStreams(group)) {
        const done = await writeAppends(client, schema, run, head);
        head = done.head;
        for (const [index, { resolve, reject }] of run.entries()) {
          const written = done.written[index];
          if (written) answers.push(() => ('result' in written ? resolve(written.result) : reject(written.refused)));
        }
      }
      committing = true;
      await client.query(`notify ${channel}; commit`);
      client.release();
      for (const answer of answers) answer();
    } catch (error) {
      // a closed connection is rolled back
      client?.release(true);
      const failure = toLogError(error, committing);
      if (group.length > 1 && !isOfTheLog(failure)) {
        const half = Math.ceil(group.length / 2);
        await commitTogether(group.slice(0, half));
        await commitTogether(group.slice(half));
      } else for (const { reject } of group) reject(failure);
    }
  };

  return {
    append(stream, events, expected) {
      if (waiting.length >= MAX_WAITING_APPENDS)
        return Promise.reject(new CommslogError('LOG_UNAVAILABLE', 'too many appends are waiting for PostgreSQL'));
      return new Promise((resolve, reject) => {
        waiting.push({ stream, events, expected, resolve, reject });
        working ??= work();
      });
    },
    idle: () => working ?? Promise.resolve(),
  };
}

/** Whether it fails every append alike; what one of them has brought about must not fail its neighbours. */
function isOfTheLog(failure: unknown): boolean {
  const policy = policyOf(failure);
  return policy === 'later' || policy === 'person';
}

/** Appends to different streams go together; one to a stream that is among them sees what they have written. */
function runsOfDistinctStreams(group: readonly Waiting[]): Waiting[][] {
  const runs: Waiting[][] = [];
  let streams = new Set<string>();
  for (const append of group) {
    const run = runs.at(-1);
    if (run && !streams.has(append.stream)) run.push(append);
    else {
      runs.push([append]);
      streams = new Set();
    }
    streams.add(append.stream);
  }
  return runs;
}

function takeGroup(waiting: Waiting[]): readonly Waiting[] {
  let events = 0;
  let appends = 0;
  for (const next of waiting) {
    events += next.events.length;
    if (appends > 0 && (appends >= MAX_APPENDS_A_COMMIT || events > MAX_EVENTS_A_COMMIT)) break;
    appends += 1;
  }
  return waiting.splice(0, appends);
}

/** The first statement of every write. What comes after it sees everything that was committed before it. */
export async function lockHead(client: pg.PoolClient, schema: string): Promise<bigint> {
  const { rows } = await client.query<{ position: bigint }>(`select position from ${schema}.head for update`);
  const head = rows[0];
  if (head === undefined) throw new Error(`${schema}.head has no row`);
  return head.position;
}
