import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/index.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import type { BenchLine } from '../line.ts';
import { median, seconds } from '../timing.ts';
import { fillLog } from './fillLog.ts';
import { readChecked } from './readChecked.ts';

const ROUNDS = 3;
const PBXS = 8;
const CALLS_A_PBX = 520;

/**
 * How fast `work` goes through a large log (it answers the seconds it took; `round` counts from 1), beside only reading
 * the same log into parsed, schema-checked events by the same adapter, in turns. `open` is given a new PostgreSQL, which
 * `work` fills in any case.
 */
export async function besideReading(
  bench: string,
  open: (url: string) => Promise<EventStore>,
  work: (url: string, log: EventStore, round: number) => Promise<number>,
): Promise<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder);
  try {
    const log = await open(server.url);
    await fillLog(log, PBXS, CALLS_A_PBX);
    const events = await readChecked(log);
    const read: number[] = [];
    const worked: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      read.push(events / (await seconds(async () => void (await readChecked(log)))));
      worked.push(events / (await work(server.url, log, round)));
    }
    await log.close();
    const [value, baseline] = [median(worked), median(read)];
    return { bench, value, unit: 'events/s', baseline, ratio: value / baseline };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
