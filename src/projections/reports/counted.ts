import { type Kysely, sql } from 'kysely';
import type { Direction, Outcome } from '../../domain/entry.ts';
import { TO_CALL_BACK, UNASSIGNED } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { type Part, partsOf, type Stretch } from './wholeSpans.ts';

type Span = VersionTables['entry_count']['span'];

/** Entries of a kind; `at`: when the span began that they were counted in, or the entry itself. */
type Counted = {
  readonly at: string;
  readonly direction: Direction;
  readonly outcome: Outcome;
  readonly unassigned: boolean;
  readonly to_call_back: boolean;
  readonly handled_by_machine: boolean;
  readonly n: bigint;
};

/**
 * The entries of a period by their kinds, from what is counted already: months and quarters of an hour that lie within it
 * (`spans`, the longest first), and what is left at its ends entry by entry.
 */
export function counted(tables: Kysely<VersionTables>, period: Stretch, spans: readonly Span[] = ['month', 'quarter']) {
  const [first = { ...period, by: null }, ...others] = partsOf(period, spans);
  return others.reduce((all, part) => all.unionAll(countedIn(tables, part)), countedIn(tables, first));
}

function countedIn(tables: Kysely<VersionTables>, { from, to, by }: Part<Span>) {
  const [since, until] = [from ?? '-infinity', to ?? 'infinity'];
  if (by === null) {
    return tables
      .selectFrom('crm_comms_log')
      .select(['occurred_at as at', 'direction', 'outcome'])
      .select([
        sql<boolean>`(${sql.raw(UNASSIGNED)})`.as('unassigned'),
        sql<boolean>`(${sql.raw(TO_CALL_BACK)})`.as('to_call_back'),
        sql<boolean>`handled_by_machine is true`.as('handled_by_machine'),
        sql<bigint>`1::bigint`.as('n'),
      ])
      .where('occurred_at', '>=', since)
      .where('occurred_at', '<', until)
      .$castTo<Counted>();
  }
  return tables
    .selectFrom('entry_count')
    .select(['begins as at', 'direction', 'outcome', 'unassigned', 'to_call_back', 'handled_by_machine', 'n'])
    .where('span', '=', by)
    .where('begins', '>=', since)
    .where('begins', '<', until)
    .$castTo<Counted>();
}
