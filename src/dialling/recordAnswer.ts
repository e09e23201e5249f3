import type { z } from 'zod';
import type { callRequestAnsweredSchema } from '../domain/dialling/events.ts';
import { streamOf } from '../domain/events.ts';
import { hasCode } from '../errors.ts';
import { tellLog } from '../log/tellLog.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';

/** Records what came of a request; where it was erased meanwhile, nothing. Errors: those of an append. */
export async function recordAnswer(
  { log, clock }: { readonly log: EventStore; readonly clock: Clock },
  id: string,
  answer: z.infer<typeof callRequestAnsweredSchema>,
): Promise<void> {
  try {
    await tellLog(log, { stream: streamOf.dial(id), type: 'CallRequestAnswered', data: answer }, { clock, by: null });
  } catch (error) {
    if (!hasCode(error, 'STREAM_DELETED')) throw error;
  }
}
