import { z } from 'zod';
import { comes } from '../asking.ts';
import type { Installation } from './installation.ts';
import type { TakeOver } from './serversFault.ts';

/** Much longer than it may take, so that it is measured also where it took too long. */
const WITHIN_MS = 60_000;

const pageSchema = z.object({ items: z.array(z.object({ occurred_at: z.string() })) });

/** Waits until another session has begun and its calls are rows; how long both took since `moment` (of `Date.now`). */
export async function takenOver({ watch, get }: Installation, moment: number): Promise<TakeOver> {
  const connectedAt = await watch.connectedSince(moment, WITHIN_MS);
  await comes('rows of what the successor hears', WITHIN_MS, async () => {
    const newest = pageSchema.safeParse(JSON.parse(await get('/api/crm/comms?limit=1').catch(() => '{}'))).data
      ?.items[0];
    return newest !== undefined && Date.parse(newest.occurred_at) > connectedAt;
  });
  return { connected: secondsBetween(moment, connectedAt), rows: secondsBetween(moment, Date.now()) };
}

function secondsBetween(from: number, to: number): number {
  return Math.round((to - from) / 100) / 10;
}
