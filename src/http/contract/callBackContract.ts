/** Who waits to be called back, as it goes over the wire. */
import { z } from 'zod';
import { directionSchema, outcomeSchema } from '../../domain/entry.ts';
import { cursor, customerNameSchema, flag, limit, text, time, uuid } from './contract.ts';

export const callBackParams = z.strictObject({ id: uuid.meta({ description: 'of a missed entry of the caller' }) });

export const callBacksQuery = z.strictObject({
  state: z.enum(['open', 'closed']).default('open'),
  sort: z.enum(['waiting', 'latest', 'tries']).default('waiting').meta({
    description: 'of those that are open: who waits longest, who called last, or who called most often first',
  }),
  mine: flag.optional().meta({ description: 'only what who asks has taken' }),
  cursor,
  limit,
});

const entry = z.object({
  id: z.uuid(),
  occurred_at: z.string(),
  direction: directionSchema,
  outcome: outcomeSchema,
  source: z.enum(['pbx', 'manual', 'cdr']),
});
const personNamed = z.object({ sub: z.string(), name: z.string().nullable(), at: z.string() });

export const callBackSchema = z
  .object({
    id: z.uuid(),
    customer: customerNameSchema,
    external_number: z.string().nullable(),
    external_number_raw: z.string().nullable(),
    external_name: z.string().nullable(),
    pbx: z.string(),
    did: z.string().nullable(),
    did_name: z.string().nullable(),
    queues: z.array(z.string()),
    queue_names: z.record(z.string(), z.string()),
    tries: z
      .int()
      .meta({ description: 'calls from outside that nobody answered, since the last contact; at most 1,000' }),
    first_at: z.string().nullable().meta({ description: 'since when they wait' }),
    last: entry.meta({ description: 'the last of them' }),
    attempts: z.int().meta({ description: 'calls to them since that nobody answered; at most 100' }),
    taken: personNamed.nullable(),
    due_at: z.string().nullable(),
    note: personNamed.extend({ text: z.string() }).nullable(),
    closed: z
      .object({
        at: z.string(),
        why: z.enum(['answered', 'logged', 'done']),
        entry: entry
          .nullable()
          .meta({ description: 'the call that ended it; null: all was marked done, or who asks does not see it' }),
      })
      .nullable(),
  })
  .meta({ id: 'CallBack' });

export const callBackCountsSchema = z
  .object({
    callers: z.int(),
    at_least: z.boolean().meta({ description: 'there are more callers' }),
    mine: z.int(),
    withheld: z.int().meta({ description: 'calls of who has withheld their number, and is in no list' }),
    since: z.string().meta({ description: 'what was missed before is no work' }),
  })
  .meta({ id: 'CallBackCounts' });

export const planCallBackBody = z
  .strictObject({ due_at: time.nullable().optional(), note: text(2_000).optional() })
  .meta({ id: 'PlanCallBack', description: 'what is absent stays; an empty note is none' });

export const closeCallBacksBody = z.strictObject({ ids: z.array(uuid).min(1).max(500) }).meta({ id: 'CloseCallBacks' });

export const closedCallBacksSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), entries: z.int() })),
});
