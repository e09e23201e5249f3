import { setInterval } from 'node:timers/promises';
import { z } from 'zod';

/** The API answers one who asks 600 times a minute. */
const ASK_EVERY_MS = 250;
/** Room on a small file system is no matter of a fault. */
const NOT_OURS = 'disk';

const readinessSchema = z.object({
  checks: z.record(z.string(), z.object({ status: z.string(), detail: z.string() })),
});

export type Check = { readonly name: string; readonly passes: boolean; readonly detail: string };

/** What `/readyz` says; who does not answer fails. */
export async function checks(get: (path: string) => Promise<string>): Promise<readonly Check[]> {
  const text = await get('/readyz').catch(() => '');
  const read = readinessSchema.safeParse(text === '' ? null : JSON.parse(text)).data;
  const all = read?.checks ?? { serve: { status: 'fail', detail: 'does not answer' } };
  return Object.entries(all).map(([name, { status, detail }]) => ({
    name,
    passes: status === 'pass' || name === NOT_OURS,
    detail,
  }));
}

/** Asks no more often than one may. Errors: it never came. */
export async function comes(what: string, withinMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + withinMs;
  if (await holds()) return;
  for await (const _ of setInterval(ASK_EVERY_MS)) {
    if (await holds()) return;
    if (Date.now() > until) throw new Error(`never came within ${withinMs / 1_000} s: ${what}`);
  }
}
