import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { GuessedCall } from '../../domain/unknownPlaces.ts';
import type { VersionTables } from '../tables/schema.ts';

/** So many of the latest calls are looked at; each of their contexts comes again. */
const MOST = 500;

const inputsSchema = z.object({
  channels: z.array(z.string().nullable()),
  rules: z.array(z.string().nullable()),
  contexts: z.array(z.string().nullable()),
});

/** The latest calls since a time (RFC 3339) with a channel whose kind was guessed. */
export async function guessedCalls(tables: Kysely<VersionTables>, since: string): Promise<readonly GuessedCall[]> {
  const rows = await tables
    .selectFrom('crm_comms_log')
    .where('occurred_at', '>=', since)
    .where(sql<boolean>`why -> 'legs' is not null`)
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .limit(MOST)
    .select(['pbx', 'legs', sql<unknown>`why -> 'legs' -> 'inputs'`.as('guessed')])
    .execute();
  return rows.map(({ pbx, legs, guessed }) => {
    const { channels, rules, contexts } = inputsSchema.parse(guessed);
    const found = channels.flatMap((name, at) => {
      const leg = legs.find(({ channel }) => channel === name);
      if (leg === undefined) return [];
      return { kind: leg.kind, endpoint: leg.party, rule: rules[at] ?? null, context: contexts[at] ?? null };
    });
    return { pbx, legs: found };
  });
}
