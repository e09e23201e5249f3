import type { Period } from '../api/reports.ts';
import { startOf } from '../inbox/filters.ts';

export const PRESETS = [7, 30, 90] as const;

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The days that the URL names, both inclusive, else the last week; and the same as instants, the end exclusive. */
export function periodOf(
  search: URLSearchParams,
  now: Date,
): { readonly from: string; readonly to: string; readonly days: number | null; readonly period: Period } {
  const usual = daysBefore(now, PRESETS[0]);
  const named = (name: 'from' | 'to') => (DAY.test(search.get(name) ?? '') ? (search.get(name) ?? '') : usual[name]);
  const [from, to] = [named('from'), named('to')];
  const days = PRESETS.find((preset) => {
    const period = daysBefore(now, preset);
    return period.from === from && period.to === to;
  });
  return { from, to, days: days ?? null, period: { from: startOf(from, 0), to: startOf(to, 1) } };
}

/** The last `days` days, today among them. */
export function daysBefore(now: Date, days: number): { from: string; to: string } {
  return { from: localDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1)), to: localDay(now) };
}

function localDay(day: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
