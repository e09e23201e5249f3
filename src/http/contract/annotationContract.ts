/** What goes over the wire when people say something of an entry. */
import { z } from 'zod';
import { customerIdSchema } from '../../domain/events.ts';
import { logCallBody, text, time, uuid } from './contract.ts';

export const assignBody = z
  .strictObject({
    customer_id: customerIdSchema.optional().meta({ description: 'a known customer' }),
    remember_number: z
      .boolean()
      .optional()
      .meta({ description: 'the call’s number becomes the customer’s: other calls of it, past ones too, do as well' }),
    customer: z
      .strictObject({ id: customerIdSchema, name: text(200).min(1) })
      .optional()
      .meta({ description: 'in place of the two: a new customer, registered with the call’s number' }),
  })
  .refine(({ customer_id, customer }) => (customer_id === undefined) !== (customer === undefined), {
    error: 'either `customer_id` or `customer`',
    path: ['customer_id'],
  })
  .refine(({ remember_number, customer }) => remember_number === undefined || customer === undefined, {
    error: 'only with `customer_id`',
    path: ['remember_number'],
  })
  .meta({ id: 'Assign' });

export const correctBody = z
  .strictObject({
    ...logCallBody.partial().shape,
    notes: text(10_000).optional().meta({ description: 'in place of the note of its logging; empty: none' }),
    occurred_at: time.optional().meta({ description: 'at most 5 minutes ahead' }),
    void: z.literal(true).optional().meta({ description: 'alone: the call was logged in error' }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'something to correct')
  .refine(({ void: isVoid, ...rest }) => !isVoid || Object.values(rest).every((value) => value === undefined), {
    error: 'alone',
    path: ['void'],
  })
  .meta({ id: 'CorrectCall' });

export const addNoteBody = z.strictObject({ text: text(10_000).min(1) }).meta({ id: 'AddNote' });

export const mergeBody = z.strictObject({ manual_id: uuid }).meta({ id: 'Merge' });

export const MAX_MARKED = 500;
export const markBody = z
  .strictObject({ ids: z.array(uuid).min(1).max(MAX_MARKED), done: z.boolean() })
  .meta({ id: 'MarkDone' });

export const markedSchema = z
  .object({
    id: z.uuid(),
    result: z.enum(['changed', 'unchanged', 'not_found', 'moved']).meta({
      description: 'moved: the id leads to another entry, which is marked now',
    }),
    current_id: z.uuid().nullable(),
  })
  .meta({ id: 'MarkedDone' });
export type Marked = z.infer<typeof markedSchema>;
