/** What the audit trail says of raw facts that a person has read: of which calls. */
import { z } from 'zod';
import type { CommsEntry } from './entry.ts';
import { rfc3339 } from './events.ts';

/** A call, and when it was: an id alone tells a person nothing. Earlier facts have the id alone. */
const callReadSchema = z.object({ entry_id: z.uuid(), occurred_at: rfc3339.nullable().optional() });

/** Calls that one fact names: a page of 100 facts is sent whole. */
const MAX_CALLS = 50;

/** One entry's, or those of calls of a period; earlier facts say of these only how many. */
export const rawFactsReadSchema = z.union([
  callReadSchema,
  z.object({
    from: rfc3339,
    to: rfc3339,
    entries: z.int().min(0),
    calls: z.array(callReadSchema).max(MAX_CALLS).optional(),
  }),
]);
export type RawFactsRead = z.infer<typeof rawFactsReadSchema>;

type Read = Pick<CommsEntry, 'id' | 'occurred_at'>;

export function callRead({ id, occurred_at }: Read): z.infer<typeof callReadSchema> {
  return { entry_id: id, occurred_at };
}

/** As many facts as it takes to name every call that is read of a period; one where there is none. */
export function callsRead(
  { from, to }: { readonly from: string; readonly to: string },
  entries: readonly Read[],
): readonly RawFactsRead[] {
  const parts = Array.from({ length: Math.max(1, Math.ceil(entries.length / MAX_CALLS)) }, (_, part) =>
    entries.slice(part * MAX_CALLS, (part + 1) * MAX_CALLS),
  );
  return parts.map((part) => ({ from, to, entries: part.length, calls: part.map(callRead) }));
}

/** The calls that a fact names. */
export function callsIn(data: unknown): readonly { readonly id: string; readonly occurred_at: string | null }[] {
  const read = rawFactsReadSchema.safeParse(data).data;
  const calls = read === undefined ? [] : 'entry_id' in read ? [read] : (read.calls ?? []);
  return calls.map(({ entry_id, occurred_at = null }) => ({ id: entry_id, occurred_at }));
}
