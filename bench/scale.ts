/**
 * How long each kind of reading takes with millions of entries (SCALE_ROWS; default 1,000,000), beside reading one entry by its
 * key. Meanwhile a PBX talks, the projector follows and other clients page. Server, PostgreSQL and clients share this machine.
 */
import type { BenchLine } from './line.ts';
import { ENDPOINTS } from './scale/endpoints.ts';
import { fillRows } from './scale/fillRows.ts';
import { exported, timed } from './scale/timed.ts';
import { readList } from './servers/requests.ts';
import { startServers } from './servers/servers.ts';
import { percentile } from './timing.ts';

const ROWS = Number(process.env.SCALE_ROWS ?? 1_000_000);
const CUSTOMERS = Math.ceil(ROWS / 25);
const PEOPLE = 800;
const CLIENTS = 20;
const PAUSE_MS = 500;
const bench = `scale: ${ROWS.toLocaleString('en')} entries, `;

export async function* run(): AsyncIterable<BenchLine> {
  const { whole: url, tokens, auditor, pool, close } = await startServers(0, PEOPLE);
  const stop = new AbortController();
  try {
    await fillRows(pool, { rows: ROWS, customers: CUSTOMERS });
    const { rows } = await pool.query<{ id: string }>('select id from read_v1.crm_comms_log limit 1000');
    const byKey = await timed(url, tokens, (n) => `/api/crm/comms/${rows[n % rows.length]?.id}`);
    const readers = Promise.all(Array.from({ length: CLIENTS }, (_, n) => reads(url, tokens[n] ?? '', stop.signal)));
    const besides = await timed(url, tokens, (n) => `/api/crm/comms/${rows[n % rows.length]?.id}`);
    yield* lines('one entry by its key, beside the same without other clients', besides, byKey);
    for (const { name, aimMs, path } of ENDPOINTS) {
      yield* lines(`${name}, aim p99 ${aimMs} ms`, await timed(url, tokens, path), besides);
    }
    const { firstMs, rowsASecond } = await exported(url, auditor);
    const baseline = percentile(besides, 0.5);
    yield {
      bench: `${bench}export, first byte, aim 200 ms`,
      value: firstMs,
      unit: 'ms',
      baseline,
      ratio: firstMs / baseline,
    };
    const each = 1_000 / baseline;
    yield {
      bench: `${bench}export, aim 20000/s`,
      value: rowsASecond,
      unit: 'rows/s',
      baseline: each,
      ratio: rowsASecond / each,
    };
    stop.abort();
    await readers;
  } finally {
    stop.abort();
    await close();
  }
}

function* lines(what: string, values: readonly number[], beside: readonly number[]): Iterable<BenchLine> {
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const [value, baseline] = [percentile(values, share), percentile(beside, share)];
    yield { bench: `${bench}${what}: ${name}`, value, unit: 'ms', baseline, ratio: value / baseline };
  }
}

async function reads(url: string, token: string, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await readList(url, token);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
