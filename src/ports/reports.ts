import type { Direction, Outcome } from '../domain/entry.ts';

/** Times are RFC 3339, `from` inclusive, `to` exclusive; days and hours are those of `timeZone` (IANA). */
export type ReportPeriod = { readonly from: string; readonly to: string; readonly timeZone: string };

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** A row of each report. Internal calls are in none of them. */
export type ReportRows = {
  /** one a direction; times are null when there was no such call */
  readonly summary: OutcomeCounts & {
    readonly direction: Direction;
    readonly calls: number;
    /** of those that no person answered */
    readonly handled_by_machine: number;
    /** until somebody answered */
    readonly median_ring_seconds: number | null;
    readonly longest_ring_seconds: number | null;
    readonly median_talk_seconds: number | null;
    readonly total_talk_seconds: number;
  };
  /** one a day of the period, also for days without calls; `day` is `2026-11-25` */
  readonly calls_by_day: OutcomeCounts & { readonly day: string };
  /** one for each hour of a weekday that had calls; weekday 1 is Monday */
  readonly calls_by_hour: OutcomeCounts & { readonly weekday: number; readonly hour: number };
  /** inbound calls that rang there and nobody answered, most first */
  readonly missed_by_extension: { readonly extension: string; readonly missed: number };
};

export type ReportName = keyof ReportRows;
