/** Calls that are begun from here, as they go over the wire. */
import { z } from 'zod';
import { refusalReasons } from '../../domain/dialling/outcome.ts';
import { customerIdSchema, MAX_NUMBERS } from '../../domain/events.ts';
import { text, uuid } from './contract.ts';

export const requestCallBody = z
  .strictObject({
    number: text(64)
      .min(1)
      .optional()
      .meta({ description: 'as it is dialled in the country of the rules, or with `+`' }),
    entry_id: uuid.optional().meta({ description: 'the number of this entry' }),
    customer_id: customerIdSchema.optional().meta({ description: 'with `number_index`' }),
    number_index: z
      .int()
      .min(0)
      .max(MAX_NUMBERS - 1)
      .optional()
      .meta({ description: 'which of the customer’s numbers, from 0' }),
    extension: text(64).min(1).optional().meta({
      description: 'which of the phones of who asks; default: the first that is theirs',
    }),
  })
  .refine(
    ({ number, entry_id, customer_id }) =>
      [number, entry_id, customer_id].filter((one) => one !== undefined).length === 1,
    { error: 'exactly one of `number`, `entry_id` and `customer_id`', path: ['number'] },
  )
  .refine(({ customer_id, number_index }) => (customer_id === undefined) === (number_index === undefined), {
    error: '`customer_id` and `number_index` go together',
    path: ['number_index'],
  })
  .meta({ id: 'RequestCall' });

const progress = ['asked', 'ringing', 'dialling', 'talking', 'ended', 'refused', 'not_taken', 'unknown'] as const;
export type Progress = (typeof progress)[number];

export const callRequestSchema = z
  .object({
    id: z.uuid(),
    pbx: z.string(),
    extension: z.string().meta({ description: 'the phone at which it begins' }),
    state: z.enum(progress).meta({
      description:
        '`ringing`: the own phone; `dialling`: it was answered, and the number is dialled; `unknown`: nobody can say what became of it',
    }),
    reason: z.enum(refusalReasons).nullable(),
    detail: z.string().nullable().meta({ description: 'the reason in words' }),
    entry_id: z.uuid().meta({ description: 'of the entry that the call has in the log, once there is one' }),
  })
  .meta({ id: 'CallRequest' });
export type ShownCallRequest = z.infer<typeof callRequestSchema>;
