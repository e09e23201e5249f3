import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { derivationOf } from '../../domain/derivation.ts';
import { type rulesSourceSchema, streamOf } from '../../domain/events.ts';
import type { Rules } from '../../domain/rules.ts';
import { tellLog } from '../../log/tellLog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { Lease } from '../../ports/lease.ts';
import { pause } from '../../retry.ts';
import { createVersion } from '../tables/createVersion.ts';
import { makeForReaders } from '../tables/forReaders.ts';
import type { ControlTables } from '../tables/schema.ts';
import { activeVersion, findVersion, type ReadModelVersion } from '../tables/versions.ts';
import { pointTo } from './pointer.ts';

const POLL_MS = 200;

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
 * The active version, as soon as there is one: of several servers that start at once the one that holds `upkeep` makes it.
 * Errors: those of `ensureVersion`; whatever the signal aborts with.
 */
export async function untilVersion(
  options: EnsureVersionOptions & { readonly upkeep: Lease; readonly signal: AbortSignal },
): Promise<ReadModelVersion> {
  const { db, upkeep, signal } = options;
  for (;;) {
    signal.throwIfAborted();
    const active = await activeVersion(db);
    if (active) return active;
    if (upkeep.state() === 'held') return ensureVersion(options);
    await pause(POLL_MS, signal);
  }
}

/**
 * The active version. On a first start makes version 1, empty, and tells the log which rules are in force. A start that
 * was interrupted in between is gone on with. Errors: those of an append.
 */
export async function ensureVersion(options: EnsureVersionOptions): Promise<ReadModelVersion> {
  const { db, log, rules, rulesSource, clock } = options;
  const active = await activeVersion(db);
  if (active) return active;

  if (!(await findVersion(db, FIRST))) {
    const logId = await log.logId();
    await createVersion(db, FIRST, { logId, rules, derivation: derivationOf(rules) }, makeForReaders);
  }
  const first = await findVersion(db, FIRST);
  if (!first) throw new Error('the first read-model version was not made');
  const { version, derivation } = first;
  const said = { clock, by: null };
  const accepted = { rules: first.rules, source: rulesSource };
  await tellLog(log, { stream: streamOf.rules, type: 'RulesAccepted', data: accepted }, said);
  await tellLog(log, { stream: streamOf.readModel, type: 'ReadModelActivated', data: { version, derivation } }, said);
  await db.transaction().execute((transaction) => pointTo(transaction, version));
  return first;
}
