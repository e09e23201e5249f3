import { DERIVATION_VERSION, derivationOf } from '../../domain/derivation.ts';
import { type RecordedEvent, readModelActivatedSchema, rulesAcceptedSchema, streamOf } from '../../domain/events.ts';
import { dataOf, isRecordedBy } from '../../domain/recorded.ts';
import { parseStoredRules, type Rules } from '../../domain/rules.ts';
import type { Micros } from '../../domain/time.ts';
import { type EventStore, readEvents } from '../../ports/eventStore.ts';

export type RulesThen = { readonly derivation: string; readonly rules: Rules; readonly code: 'same' | 'gone' };

type Log = Pick<EventStore, 'readStream'>;

/** What the read model that was active at `time` was computed with; null before the first one. */
export async function rulesThen(log: Log, time: Micros): Promise<RulesThen | null> {
  const activated = (await recordedBy(log, streamOf.readModel, time)).at(-1);
  if (activated === undefined) return null;
  const { derivation } = dataOf(activated, readModelActivatedSchema);
  const accepted = (await recordedBy(log, streamOf.rules, time)).map((event) =>
    parseStoredRules(dataOf(event, rulesAcceptedSchema).rules),
  );
  // a setting that came later changes the hash of older rules: then the last ones that were accepted are meant
  const rules = accepted.findLast((one) => hashIn(derivationOf(one)) === hashIn(derivation)) ?? accepted.at(-1);
  if (rules === undefined) return null;
  return { derivation, rules, code: derivation.startsWith(`${DERIVATION_VERSION}-`) ? 'same' : 'gone' };
}

async function recordedBy(log: Log, stream: string, time: Micros): Promise<RecordedEvent[]> {
  return (await readEvents(log, stream)).filter((event) => isRecordedBy(event, time));
}

/** `<n>-<hash>` → `<hash>` */
function hashIn(derivation: string): string {
  return derivation.slice(derivation.indexOf('-') + 1);
}
