/**
 * From the write of a call's last Hangup on the PBX's socket to a SELECT that sees the row: listener, log, projector and
 * read model in one process, PostgreSQL with its usual durability. The baseline is one committed INSERT that another
 * connection then sees, in the same database and the same run.
 */
import type pg from 'pg';
import type { BenchLine } from './line.ts';
import { percentile } from './timing.ts';
import { startCallLog } from './visible/callLog.ts';
import type { CallPbx } from './visible/callPbx.ts';

const RATES = [50, 500] as const;
const SECONDS_A_RATE = 15;
const WARM_UP_CALLS = 5;
const GIVE_UP_MS = 10_000;

export async function* run(): AsyncIterable<BenchLine> {
  const { pbx, pool, close } = await startCallLog();
  try {
    const commit = await commits(pool, 200);
    for (const rate of RATES) {
      const delays = await delaysAt(rate, pbx, pool);
      for (const [name, share] of Object.entries({ p50: 0.5, p99: 0.99 })) {
        const [value, baseline] = [percentile(delays, share), percentile(commit, share)];
        const bench = `last Hangup to visible row at ${rate} events/s, ${name}`;
        yield { bench, value, unit: 'ms', baseline, ratio: value / baseline };
      }
    }
  } finally {
    await close();
  }
}

async function delaysAt(rate: number, pbx: CallPbx, pool: pg.Pool): Promise<number[]> {
  const waiting: Promise<number>[] = [];
  for (let call = 0; call < WARM_UP_CALLS; call += 1) await pbx.sendCall(rate, () => {});
  const until = performance.now() + SECONDS_A_RATE * 1_000;
  while (performance.now() < until) {
    await pbx.sendCall(rate, (linkedid) => {
      waiting.push(untilVisible(pool, linkedid, performance.now()));
    });
  }
  return Promise.all(waiting);
}

async function untilVisible(pool: pg.Pool, linkedid: string, from: number): Promise<number> {
  while (performance.now() - from < GIVE_UP_MS) {
    const { rowCount } = await pool.query('select 1 from read_v1.crm_comms_log where ext_message_id = $1', [linkedid]);
    if (rowCount === 1) return performance.now() - from;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('a call never became a row');
}

async function commits(pool: pg.Pool, count: number): Promise<number[]> {
  await pool.query('create table if not exists bench_row (n int primary key)');
  const delays: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const from = performance.now();
    await pool.query('insert into bench_row values ($1)', [n]);
    await pool.query('select 1 from bench_row where n = $1', [n]);
    delays.push(performance.now() - from);
  }
  return delays;
}
