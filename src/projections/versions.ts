import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';

import { v4 as uuid } from 'uuid';
import type { z } from 'zod';
import { derivationOf } from '../domain/derivation.ts';
import { type JsonObject, type rulesSourceSchema, streamOf } from '../domain/events.ts';
import { parseRules, type Rules } from '../domain/rules.ts';
import { toRfc3339 } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import { VERSION } from '../version.ts';
import { createVersion } from './createVersion.ts';
import type { ControlTables } from './schema.ts';

/** A built generation of the tables, and the rules that it was built with. */
export type ReadModelVersion = {
  readonly version: number;
  readonly schema: string;
  readonly derivation: string;
  readonly rules: Rules;
};

export type EnsureVersionOptions = {
  readonly db: Kysely<ControlTables>;
  readonly log: EventStore;
  /** those of a first start; an existing version goes on with its own */
  readonly rules: Rules;
  readonly rulesSource: z.infer<typeof rulesSourceSchema>;
  readonly clock: Clock;
};

const FIRST = 1;

/**
 * The active version. On a first start makes version 1, empty, and tells the log which rules are in force. A start that
 * was interrupted in between is gone on with. Errors: those of an append.
 */
export async function ensureVersion(options: EnsureVersionOptions): Promise<ReadModelVersion> {
  const { db, log, rules, rulesSource, clock } = options;
  const active = await findVersion(db, await activeVersion(db));
  if (active) return active;

  if (!(await findVersion(db, FIRST))) {
    await createVersion(db, FIRST, { logId: await log.logId(), rules, derivation: derivationOf(rules) });
  }
  const first = await findVersion(db, FIRST);
  if (!first) throw new Error('the first read-model version was not made');
  const { version, derivation } = first;
  await appendUnlessLast(log, streamOf.rules, 'RulesAccepted', { rules: first.rules, source: rulesSource }, clock);
  await appendUnlessLast(log, streamOf.readModel, 'ReadModelActivated', { version, derivation }, clock);
  await activate(db, version);
  return first;
}

async function activeVersion(db: Kysely<ControlTables>): Promise<number | null> {
  const row = await db.withSchema('commslog').selectFrom('read_model').select('active_version').executeTakeFirst();
  return row?.active_version ?? null;
}

async function findVersion(db: Kysely<ControlTables>, version: number | null): Promise<ReadModelVersion | null> {
  if (version === null) return null;
  const row = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .select(['version', 'schema_name', 'derivation', 'rules'])
    .where('version', '=', version)
    .executeTakeFirst();
  if (!row) return null;
  return { version, schema: row.schema_name, derivation: row.derivation, rules: parseRules(row.rules) };
}

async function activate(db: Kysely<ControlTables>, version: number): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const tables = transaction.withSchema('commslog');
    await tables.updateTable('read_model_version').set({ state: 'active' }).where('version', '=', version).execute();
    await tables.updateTable('read_model').set({ active_version: version }).execute();
  });
}

/** A start that was interrupted after the append does not say it twice. */
async function appendUnlessLast(
  log: EventStore,
  stream: string,
  type: string,
  data: JsonObject,
  clock: Clock,
): Promise<void> {
  let revision: bigint | undefined;
  for await (const events of log.readStream(stream, { direction: 'backwards', limit: 1 })) {
    for (const event of events) {
      if (event.type === type && isDeepStrictEqual(event.data, data)) return;
      revision = event.revision;
    }
  }
  const metadata = { v: 1, recorded_at: toRfc3339(clock.now()), app: VERSION, $correlationId: uuid() };
  await log.append(stream, [{ id: uuid(), type, data, metadata }], revision ?? 'no_stream');
}
