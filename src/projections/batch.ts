import type { RecordedEvent } from '../domain/events.ts';
import { factOf } from '../domain/facts.ts';
import { keysOf } from '../domain/grouping.ts';
import type { PlacedFact } from './callGroup.ts';

/** An event of a stream that is about one thing, and that thing's id. */
export type About = { readonly id: string; readonly event: RecordedEvent };

/** The events of a batch by what they are about; those of other streams project to nothing. */
export type Batch = {
  readonly facts: readonly PlacedFact[];
  readonly connections: readonly About[];
  readonly customers: readonly About[];
  readonly manual: readonly About[];
  readonly annotations: readonly About[];
};

/** Throws `POISON_EVENT` when a PBX fact is not as its schema says. */
export function batchOf(events: readonly RecordedEvent[]): Batch {
  const facts: PlacedFact[] = [];
  const about: Readonly<Record<string, About[]>> = { pbx: [], customer: [], manual: [], annotation: [] };
  for (const event of events) {
    const { stream, revision, position } = event;
    const dash = stream.indexOf('-');
    const kind = stream.slice(0, dash);
    if (kind === 'call') {
      const fact = factOf(event);
      const keys = keysOf(fact);
      // a fact that names no call is kept in the log and belongs to no row
      if (keys.length > 0) facts.push({ fact, keys, stream, revision, position });
    } else if (Object.hasOwn(about, kind)) {
      about[kind]?.push({ id: stream.slice(dash + 1), event });
    }
  }
  const { pbx = [], customer = [], manual = [], annotation = [] } = about;
  return { facts, connections: pbx, customers: customer, manual, annotations: annotation };
}
