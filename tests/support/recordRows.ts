// Rows from call records alone, without a log.

import type { CallEntry } from '../../src/domain/entry.ts';
import type { NewEvent } from '../../src/domain/events.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../src/domain/readGroup.ts';
import { defaultRules, type Rules } from '../../src/domain/rules.ts';
import { recordEvent } from '../../src/importing/recordEvent.ts';
import { systemClock } from '../../src/ports/clock.ts';

/** The events that an import makes of the records. */
export function recordEvents(records: readonly ReadonlyMap<string, string>[], zone = 'UTC'): NewEvent[] {
  const context = { pbx: 'pbx', zone, now: systemClock.now(), app: 'test' };
  return records.flatMap((record) => recordEvent({ fields: [...record] }, context)?.event ?? []);
}

export function rowsOfRecords(
  records: readonly ReadonlyMap<string, string>[],
  { zone = 'UTC', rules = defaultRules('GR') }: { zone?: string; rules?: Rules } = {},
): CallEntry[] {
  const facts = recordEvents(records, zone).map(factOf);
  return groupFacts(facts).flatMap((group) => foldAndRead(group, { connections: [], rules }).entries);
}
