import { callsToErase, type LoggedFact } from '../domain/erasing.ts';
import { callKeysOf } from '../domain/facts/grouping.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { TracedGroup } from '../projections/index.ts';
import { factIn } from './factIn.ts';

/** The calls of a group that go. */
export type GroupCalls = ReturnType<typeof callsToErase> & Pick<TracedGroup, 'pbx' | 'entries' | 'current'>;

/** Versions that group alike are read once. */
export async function callsOfGroups(log: EventStore, groups: readonly TracedGroup[]): Promise<readonly GroupCalls[]> {
  const distinct = new Map(groups.map((group) => [JSON.stringify(group), group]));
  const calls: GroupCalls[] = [];
  for (const group of distinct.values()) {
    const erased = callsToErase(await factsOf(log, group), new Set(group.wanted));
    const { pbx, entries, current } = group;
    calls.push({ ...erased, pbx, entries, current });
  }
  return calls;
}

async function factsOf(log: EventStore, { streams, keys }: TracedGroup): Promise<readonly LoggedFact[]> {
  const own = new Set(keys);
  const facts: LoggedFact[] = [];
  for (const { stream, first, last } of streams) {
    const range = { from: BigInt(first), limit: Number(BigInt(last) - BigInt(first)) + 1 };
    for await (const events of log.readStream(stream, range)) {
      for (const event of events) {
        const fact = factIn(event);
        if (fact && callKeysOf(fact).some((key) => own.has(key))) {
          facts.push({ fact, stream, revision: event.revision });
        }
      }
    }
  }
  return facts;
}
