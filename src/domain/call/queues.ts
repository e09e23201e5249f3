/** In which queues of the PBX somebody waited. */

import type { Channel, Step } from '../channels/channel.ts';
import { matchesSome } from '../pattern.ts';
import type { CallRules } from '../rules.ts';

/**
 * By name, each once: what the PBX says to an account that may hear of queues; else what the steps in the dialplan show, in
 * order, and the call records after them. `waiting`: the outside party, and whoever waited in its place.
 */
export function queuesOf(waiting: readonly Channel[], rules: CallRules): string[] {
  const told = waiting.flatMap(({ toldQueues }) => [...toldQueues]);
  if (told.length > 0) return [...new Set(told)];
  const seen = waiting.flatMap(({ sightings }) => sightings.map((step) => queueAt(step, rules)));
  const recorded = waiting.flatMap(({ records }) =>
    records.map((record) =>
      queueInRecord({ ...record, context: record.destinationContext, exten: record.destination }, rules),
    ),
  );
  return [...new Set([...seen, ...recorded].filter((name) => name !== null))];
}

/** Extensions of one letter are Asterisk's own: the start, a hangup, a wrong choice. */
const SPECIAL = /^[a-z]$/i;

/** The queue of a step; null: there is none. */
export function queueAt({ context, exten }: Step, { queue_contexts }: CallRules): string | null {
  if (context === null || exten === null || SPECIAL.test(exten)) return null;
  return matchesSome(queue_contexts, context) ? exten : null;
}

type InRecord = Step & { readonly lastApplication: string | null; readonly lastData: string | null };

const APPLICATION = 'queue';

/** The same of a call record: `400,t,,,30` is what the application was told. */
export function queueInRecord({ lastApplication, lastData, ...step }: InRecord, rules: CallRules): string | null {
  const name = lastApplication?.toLowerCase() === APPLICATION ? lastData?.split(/[,|]/, 1)[0]?.trim() : undefined;
  return name || queueAt(step, rules);
}
