import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/domain/events.ts';

const EVENT_BYTES = 590;

/** Events whose data is about as large as a fact of the PBX: 590 bytes of JSON. */
export function batchOf(size: number): readonly NewEvent[] {
  return Array.from({ length: size }, () => {
    const fields = Array.from({ length: 20 }, (_, n) => [`Field${n}`, `value "${n}" of a channel`]);
    const padding = 'x'.repeat(Math.max(0, EVENT_BYTES - JSON.stringify({ fields, padding: '' }).length));
    return { id: randomUUID(), type: 'ChannelOpened', data: { fields, padding }, metadata: { v: 1, seq: 0 } };
  });
}

/** Runs both sides in turn, so that a busy machine slows both, and gives the median rate of each, in events a second. */
export async function compare(
  rounds: number,
  events: number,
  sides: { readonly ours: () => Promise<void>; readonly bare: () => Promise<void> },
): Promise<{ value: number; baseline: number; ratio: number }> {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const rates = [events / (await seconds(sides.bare)), events / (await seconds(sides.ours))] as const;
    // the first round warms up
    if (round === 0) continue;
    bare.push(rates[0]);
    ours.push(rates[1]);
  }
  const [value, baseline] = [median(ours), median(bare)];
  return { value, baseline, ratio: value / baseline };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
