import { z } from 'zod';
import type { Config } from '../../config.ts';
import { askServe } from './askServe.ts';

const schema = z.object({
  items: z.array(z.object({ pbx: z.string(), account: z.object({ commands: z.array(z.string()) }).nullable() })),
});

/** By PBX, what the account of the `serve` that runs may ask for; empty where none answers, or it does not know yet. */
export async function servedAccounts(config: Config): Promise<ReadonlyMap<string, readonly string[]>> {
  const told = schema.safeParse(await askServe(config, '/api/admin/pbx').catch(() => null));
  const items = told.success ? told.data.items : [];
  return new Map(items.flatMap(({ pbx, account }) => (account === null ? [] : [[pbx, account.commands] as const])));
}
