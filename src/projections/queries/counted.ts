import { type Kysely, sql } from 'kysely';
import type { Direction, Outcome } from '../../domain/entry.ts';
import type { Micros } from '../../domain/time.ts';
import { TO_CALL_BACK, UNASSIGNED } from '../tables/entryKinds.ts';
import type { VersionTables } from '../tables/schema.ts';
import { columnOf, microsOrNull } from '../tables/times.ts';

type Span = VersionTables['entry_count']['span'];
/** RFC 3339, inclusive and exclusive; null: without end on that side. */
type Stretch = { readonly from: string | null; readonly to: string | null };
type Part = Stretch & { readonly by: Span | null };

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

const QUARTER = 15 * 60 * 1_000_000;
/** The last of which the next one is a time too. */
const LAST_MONTH = Date.UTC(9999, 11, 1) * 1_000;

/**
 * The entries of a period by their kinds, from what is counted already: months and quarters of an hour that lie within it
 * (`spans`, the longest first), and what is left at its ends entry by entry.
 */
export function counted(tables: Kysely<VersionTables>, period: Stretch, spans: readonly Span[] = ['month', 'quarter']) {
  const [first = { ...period, by: null }, ...others] = partsOf(period, spans);
  return others.reduce((all, part) => all.unionAll(countedIn(tables, part)), countedIn(tables, first));
}

function countedIn(tables: Kysely<VersionTables>, { from, to, by }: Part) {
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

/** The whole spans of the longest kind, and at both ends what is left, in shorter ones. */
function partsOf(stretch: Stretch, [longest, ...shorter]: readonly Span[]): Part[] {
  const [from, to] = [microsOrNull(stretch.from), microsOrNull(stretch.to)];
  if (from !== null && to !== null && from >= to) return [];
  if (longest === undefined) return [{ ...stretch, by: null }];
  const begin = from === null ? null : endOf(longest, from);
  const end = to === null ? null : (Math.min(beginOf(longest, to), LAST_MONTH) as Micros);
  if (begin !== null && begin >= (end ?? LAST_MONTH)) return partsOf(stretch, shorter);
  const whole = { from: columnOf(begin), to: columnOf(end) };
  return [
    ...(from === null ? [] : partsOf({ from: stretch.from, to: whole.from }, shorter)),
    { ...whole, by: longest },
    ...(to === null ? [] : partsOf({ from: whole.to, to: stretch.to }, shorter)),
  ];
}

/** Of the span that a time is in. */
function beginOf(span: Span, time: Micros): Micros {
  if (span === 'quarter') return (Math.floor(time / QUARTER) * QUARTER) as Micros;
  const day = new Date(Math.floor(time / 1_000));
  day.setUTCDate(1);
  return (day.setUTCHours(0, 0, 0, 0) * 1_000) as Micros;
}

/** Of the span that a time is in; of one that begins then, its begin. */
function endOf(span: Span, time: Micros): Micros {
  const begin = beginOf(span, time);
  if (begin === time) return time;
  if (span === 'quarter') return (begin + QUARTER) as Micros;
  const day = new Date(begin / 1_000);
  return (day.setUTCMonth(day.getUTCMonth() + 1) * 1_000) as Micros;
}
