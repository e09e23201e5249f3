/** A period as the spans in which entries are counted already, and what is left at its ends. */
import type { Micros } from '../../domain/time.ts';
import { columnOf, microsOrNull } from '../tables/times.ts';

export type Span = 'month' | 'day' | 'quarter';

/** RFC 3339, inclusive and exclusive; null: without end on that side. */
export type Stretch = { readonly from: string | null; readonly to: string | null };

/** `by`: whole spans of this kind; null: what is no whole span of any. */
export type Part<S extends Span> = Stretch & { readonly by: S | null };

const QUARTER = 15 * 60 * 1_000_000;
const DAY = 86_400_000_000;
/** Months differ. */
const LENGTHS = { month: null, day: DAY, quarter: QUARTER } as const satisfies Record<Span, number | null>;
/** The last of which the next one is a time too. */
const LAST_MONTH = Date.UTC(9999, 11, 1) * 1_000;

/** The whole spans of the longest kind, and at both ends what is left, in shorter ones. */
export function partsOf<S extends Span>(stretch: Stretch, [longest, ...shorter]: readonly S[]): Part<S>[] {
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
  const length = LENGTHS[span];
  if (length !== null) return (Math.floor(time / length) * length) as Micros;
  const day = new Date(Math.floor(time / 1_000));
  day.setUTCDate(1);
  return (day.setUTCHours(0, 0, 0, 0) * 1_000) as Micros;
}

/** Of the span that a time is in; of one that begins then, its begin. */
function endOf(span: Span, time: Micros): Micros {
  const begin = beginOf(span, time);
  if (begin === time) return time;
  const length = LENGTHS[span];
  if (length !== null) return (begin + length) as Micros;
  const day = new Date(begin / 1_000);
  return (day.setUTCMonth(day.getUTCMonth() + 1) * 1_000) as Micros;
}
