import type { Kysely } from 'kysely';
import { manualCallMergedSchema } from '../../domain/acts/merge.ts';
import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/fact.ts';
import { factOf } from '../../domain/facts/factOf.ts';
import { lookupKey } from '../../domain/phone/index.ts';
import { foldAndRead } from '../../domain/readGroup.ts';
import { dataOf, isRecordedBy } from '../../domain/recorded.ts';
import type { Rules } from '../../domain/rules.ts';
import type { Micros } from '../../domain/time.ts';
import { hasCode } from '../../errors.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { VersionTables } from '../tables/schema.ts';
import { connectionsThen } from './connectionsThen.ts';
import type { FoundSources } from './entrySources.ts';
import { callFacts, peoplesFacts, readStreams } from './readFacts.ts';

/** Everything that an entry depends on and that was recorded by `time`, in the order of the log. */
export async function eventsThen(
  { log, tables, rules }: { log: Pick<EventStore, 'readStream'>; tables: Kysely<VersionTables>; rules: Rules },
  sources: FoundSources,
  time: Micros,
): Promise<readonly RecordedEvent[]> {
  const then = (events: readonly RecordedEvent[]) => events.filter((event) => isRecordedBy(event, time));
  const heard = sources.group === null ? [] : then(await callFacts(log, sources.group));
  const said = then(await peoplesFacts(log, sources));
  const once = await readStreams(log, mergedOnce(said, sources).map(streamOf.manual));
  const customers = await customersOf(tables, heard, rules);
  const told = await readStreams(
    log,
    [...new Set([...customers, ...assignedIn([...said, ...once])])].map(streamOf.customer),
  );
  const events = [
    ...heard,
    ...(await connectionsThen({ log, tables }, sources, heard, time)),
    ...said,
    ...once,
    ...told,
  ];
  return then(events).sort((a, b) => (a.position < b.position ? -1 : 1));
}

/** Calls logged by hand that were merged with it then, and are no more. */
function mergedOnce(said: readonly RecordedEvent[], { manual }: FoundSources): string[] {
  const merged = said.filter(({ type }) => type === 'ManualCallMerged');
  return [...new Set(merged.map((event) => dataOf(event, manualCallMergedSchema).manual))].filter(
    (uuid) => !manual.includes(uuid),
  );
}

/** The customers who hold or held a number of the call, also after that time: the fold leaves out what came later. */
async function customersOf(tables: Kysely<VersionTables>, heard: readonly RecordedEvent[], rules: Rules) {
  const { entries, current } = foldAndRead(heard.flatMap(factIn), { connections: [], rules });
  const keys = [...entries, ...current].map((call) => lookupKey(call.external_number_raw, call.external_number));
  const known = keys.filter((key) => key !== null);
  if (known.length === 0) return [];
  const rows = await tables
    .selectFrom('customer_number')
    .select('customer_id')
    .distinct()
    .where('number_key', 'in', known)
    .execute();
  return rows.map((row) => row.customer_id);
}

function assignedIn(said: readonly RecordedEvent[]): string[] {
  return said.map(({ data }) => data.customer_id).filter((id) => typeof id === 'string');
}

function factIn(event: RecordedEvent): Fact[] {
  try {
    return [factOf(event)];
  } catch (error) {
    if (hasCode(error, 'POISON_EVENT')) return [];
    throw error;
  }
}
