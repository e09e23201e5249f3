import type { EventStore } from '../../src/ports/eventStore.ts';
import type { BenchLine } from '../line.ts';
import { median, seconds } from '../timing.ts';
import { fillLog } from './fillLog.ts';
import { onNewServer } from './onNewServer.ts';
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
  return onNewServer(async (url) => {
    const log = await open(url);
    await fillLog(log, PBXS, CALLS_A_PBX);
    const events = await readChecked(log);
    const read: number[] = [];
    const worked: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      read.push(events / (await seconds(async () => void (await readChecked(log)))));
      worked.push(events / (await work(url, log, round)));
    }
    await log.close();
    const [value, baseline] = [median(worked), median(read)];
    return { bench, value, unit: 'events/s', baseline, ratio: value / baseline };
  });
}
