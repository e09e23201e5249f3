import type { GapCause, NotFilledReason } from '../domain/gaps.ts';

/**
 * Times are RFC 3339, `from` inclusive, `to` exclusive; days are those of `timeZone` (IANA). What is not over lasts until
 * `now`.
 */
export type CoveragePeriod = {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly now: string;
};

/** What of a day, or of the part of it that lies in the period, was heard. What is neither lies before the first connection or after now. */
export type CoverageDay = {
  /** `2026-11-25` */
  readonly day: string;
  /** how long it is: 23 or 25 hours when clocks are changed */
  readonly seconds: number;
  readonly listened_seconds: number;
  /** of what was listened to: that only a journal held, and was stored after another server had taken over */
  readonly journal_seconds: number;
  readonly gap_seconds: number;
  /** of the gaps: for which the PBX's call records were brought in */
  readonly filled_seconds: number;
};

/** What the PBX's call records have told of a gap; `calls`: of those that nobody had heard. */
export type GapFilling = {
  readonly records: number;
  readonly calls: number;
  readonly asked_at: string;
  /** it is not asked again */
  readonly final: boolean;
} & (
  | { readonly outcome: 'filled'; readonly reason: null }
  | { readonly outcome: 'not_filled'; readonly reason: NotFilledReason }
);

/** What another server's journal held of a gap, from when to when; null: nothing that lies in it. */
export type GapHeard = {
  readonly from: string | null;
  readonly until: string | null;
  /** that were stored */
  readonly facts: number;
  /** that were not: whoever ended the gap has heard them, or it cannot be told */
  readonly set_aside: number;
};

export type Gap = {
  readonly from: string;
  /** null: it is not over */
  readonly to: string | null;
  readonly cause: GapCause;
  /** null: no journal was found */
  readonly heard: GapHeard | null;
  /** of the gap: that nobody has heard; 0: a journal held all of it */
  readonly open_seconds: number;
  /** null: nobody has asked yet */
  readonly filling: GapFilling | null;
};

export type PbxCoverage = {
  readonly pbx: string;
  /** every day of the period, in order */
  readonly days: readonly CoverageDay[];
  /** the newest, newest first */
  readonly gaps: readonly Gap[];
  /** how many there are in the period */
  readonly gaps_in_all: number;
  /** that were heard in the period, and are in no stream although later ones are; erased ones are not counted */
  readonly missing_facts: number;
};

/** What nobody has heard of a PBX since a time, as numbers. */
export type GapFigures = {
  readonly pbx: string;
  readonly gaps: number;
  readonly seconds: number;
  /** gaps of which the call records have not been brought in */
  readonly unfilled: number;
  readonly unfilledSeconds: number;
  /** since the end of the newest; 0: it is not over, null: there was none */
  readonly newestEndedSecondsAgo: number | null;
  /** facts that were heard and are in no stream although later ones are */
  readonly missingFacts: number;
};
