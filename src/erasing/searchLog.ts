import { isSessionStream, PERSONAL_PREFIXES, partsOfStream, type RecordedEvent } from '../domain/events.ts';
import type { Fact } from '../domain/facts/fact.ts';
import { BEGINNING, type EventStore } from '../ports/eventStore.ts';
import { factIn } from './factIn.ts';

/** Streams that are told of at most. */
const MAX_ELSEWHERE = 1_000;

export type Search = {
  /** whose calls are looked for that were logged by hand, void ones too, or begun from their card */
  readonly customerId: string | null;
  /** null: nobody is looked for */
  readonly mentions: ((event: Pick<RecordedEvent, 'data'>) => boolean) | null;
  /** whether every call that the fact names goes */
  readonly isTheirs: (fact: Fact) => boolean;
};

export type Found = {
  readonly manual: readonly string[];
  /** streams of calls to them that somebody had begun */
  readonly begun: readonly string[];
  readonly mixed: readonly { readonly stream: string; readonly revision: bigint }[];
  readonly elsewhere: readonly string[];
};

/** One pass through the log for what no row leads to. */
export async function searchLog(log: EventStore, { customerId, mentions, isTheirs }: Search): Promise<Found> {
  const assigned = new Map<string, unknown>();
  const mixed: Found['mixed'][number][] = [];
  const elsewhere = new Set<string>();
  const begun = new Set<string>();
  if (customerId === null && mentions === null) return { manual: [], begun: [], mixed, elsewhere: [] };
  for await (const events of log.readAll(BEGINNING, { streamPrefixes: PERSONAL_PREFIXES })) {
    for (const event of events) {
      const { stream, revision } = event;
      const { kind, id } = partsOfStream(stream);
      if (kind === 'manual') assigned.set(id, assignedAfter(assigned.get(id), event));
      if (kind === 'dial') {
        if (mentions?.(event) || (customerId !== null && event.data.customer_id === customerId)) begun.add(stream);
        continue;
      }
      if (!mentions?.(event)) continue;
      const fact = isSessionStream(stream) ? factIn(event) : null;
      if (fact && isTheirs(fact)) mixed.push({ stream, revision });
      else if (elsewhere.size < MAX_ELSEWHERE) elsewhere.add(stream);
    }
  }
  const manual = [...assigned].filter(([, to]) => customerId !== null && to === customerId).map(([uuid]) => uuid);
  return { manual, begun: [...begun], mixed, elsewhere: [...elsewhere] };
}

const ASSIGNING: ReadonlySet<string> = new Set(['CallLogged', 'CallCorrected', 'CallAssigned']);

/** Whose a call logged by hand is after one more event of its stream; null: nobody's. */
function assignedAfter(before: unknown, { type, data }: RecordedEvent): unknown {
  if (type === 'CallUnassigned') return null;
  return ASSIGNING.has(type) ? (data.customer_id ?? before) : before;
}
