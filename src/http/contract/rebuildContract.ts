/** Read-model versions and their differences as they go over the wire. */
import { z } from 'zod';
import { directionSchema, outcomeSchema } from '../../domain/entry.ts';
import { customerIdSchema } from '../../domain/events.ts';
import { rulesSchema } from '../../domain/rules.ts';
import {
  type BuildProgress,
  buildPhases,
  type Diff,
  type DiffItem,
  diffColumns,
  type Rebuild,
  type RulesInForce,
  waitingReasons,
} from '../../ports/rebuilds.ts';
import { cursor, limit } from './contract.ts';

export const progressSchema = z.object({
  position: z.string(),
  head: z.string(),
  events_per_second: z.number(),
  seconds_left: z.number().nullable().meta({ description: 'null: it is not known' }),
  phase: z
    .enum(buildPhases)
    .meta({ description: 'copies calls that another version has, reads the log, or makes what readers need' }),
});

export const rebuildSchema = z
  .object({
    version: z.int(),
    state: z.enum(['building', 'ready', 'active', 'previous', 'failed', 'dropped']),
    derivation: z.string(),
    mixed: z.boolean().meta({ description: 'some rows were computed by other code than the derivation says' }),
    rules: rulesSchema,
    created_at: z.string(),
    activated_at: z.string().nullable(),
    rollback_until: z
      .string()
      .nullable()
      .meta({ description: 'until when a previous version can be gone back to; null: until it is dropped' }),
    progress: progressSchema.nullable(),
    rows: z.int().meta({ description: 'entries; an estimate while it is building' }),
    parked: z.int().meta({ description: 'events that could not be projected' }),
    error: z.string().nullable(),
  })
  .meta({ id: 'Rebuild' });

export const versionParams = z.strictObject({ version: z.coerce.number().int().min(1).max(2_147_483_647) });

/** What goes through the API is checked by the rules' own schema, which names path and allowed values. */
export const requestRebuildBody = z
  .strictObject({ rules: rulesSchema.optional().meta({ description: 'default: those in force' }) })
  .meta({ id: 'RequestRebuild' });

export const activateBody = z
  .strictObject({
    force: z.boolean().default(false).meta({ description: 'although events are parked; the log is told' }),
  })
  .meta({ id: 'ActivateRebuild' });

const kindSchema = z.enum(['added', 'removed', 'changed']);

export const diffQuery = z.strictObject({
  kind: kindSchema.optional(),
  field: z.enum(diffColumns).optional().meta({ description: 'rows that change in this column' }),
  format: z
    .enum(['json', 'csv', 'counts'])
    .default('json')
    .meta({ description: '`counts`: as `json`, but no rows are looked for: `items` is empty' }),
  cursor,
  limit,
});

export const diffItemSchema = z.object({
  id: z.uuid(),
  kind: kindSchema,
  entry: z.object({
    direction: directionSchema,
    outcome: outcomeSchema,
    external_number: z.string().nullable(),
    occurred_at: z.string(),
    customer: z.object({ id: customerIdSchema, name: z.string() }).nullable(),
  }),
  fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown(), why: z.unknown() })),
});

export const countedSchema = z
  .object({
    whole: z.boolean().meta({ description: 'all rows are compared; false: `summary` is of a part of them, ask again' }),
    share: z.number().meta({ description: 'how much of the rows is compared, from 0 to 1; an estimate' }),
    from: z.string().meta({ description: 'when counting began' }),
    to: z.string().meta({ description: 'when it was gone on with last' }),
  })
  .meta({ description: 'each row is counted as it was at some moment between the two times' });

export const diffSchema = z
  .object({
    against: z.int(),
    complete: z.boolean().meta({
      description: 'the version is built, has come as far as the one it is compared with, and all is counted',
    }),
    counted: countedSchema.nullable().meta({
      description: 'how far `summary` has come; null: nothing is counted, as while the version is built',
    }),
    summary: z.object({
      added: z.int(),
      removed: z.int(),
      changed: z.int(),
      by_field: z.record(z.string(), z.int()),
    }),
    items: z.array(diffItemSchema),
    page: z.object({ next_cursor: z.string().nullable(), has_more: z.boolean() }),
  })
  .meta({ id: 'RebuildDiff' });

export const rulesInForceSchema = z
  .object({
    active: z.object({ version: z.int(), derivation: z.string(), rules: rulesSchema, mixed: z.boolean() }),
    waiting: z.object({ rules: rulesSchema, derivation: z.string(), reason: z.enum(waitingReasons) }).nullable(),
  })
  .meta({ id: 'RulesInForce' });

export function shownRebuild(rebuild: Rebuild): z.infer<typeof rebuildSchema> {
  const { version, state, derivation, mixed, rules, progress, rows, parked, error } = rebuild;
  return {
    version,
    state,
    derivation,
    mixed,
    rules,
    created_at: rebuild.createdAt,
    activated_at: rebuild.activatedAt,
    rollback_until: rebuild.rollbackUntil,
    progress: progress && shownProgress(progress),
    rows,
    parked,
    error,
  };
}

export function shownProgress(progress: BuildProgress): z.infer<typeof progressSchema> {
  return {
    position: `${progress.position}`,
    head: `${progress.head}`,
    events_per_second: progress.eventsPerSecond,
    seconds_left: progress.secondsLeft,
    phase: progress.phase,
  };
}

export function shownDiff({ against, complete, counted, added, removed, changed, byField }: Diff) {
  return {
    against,
    complete,
    counted: counted && { whole: counted.isWhole, share: counted.share, from: counted.from, to: counted.to },
    summary: { added, removed, changed, by_field: { ...byField } },
  };
}

export function shownDiffItem({ id, kind, entry, fields }: DiffItem) {
  const { direction, outcome, externalNumber, occurredAt, customer } = entry;
  return {
    id,
    kind,
    entry: { direction, outcome, external_number: externalNumber, occurred_at: occurredAt, customer },
    fields: [...fields],
  };
}

export function shownRulesInForce({ active, waiting }: RulesInForce): z.infer<typeof rulesInForceSchema> {
  const { version, derivation, rules, mixed } = active;
  return { active: { version, derivation, rules, mixed }, waiting };
}
