import { later, type Micros } from '../../domain/time.ts';

/** Facts of a session that are not in the log although a later one is: by `seq`, `to` exclusive. */
export type MissingFacts = {
  readonly from: number;
  readonly to: number;
  /** when the later one was received */
  readonly since: Micros | null;
};

/** Which facts of a session the log has. */
export type FactCount = {
  /** behind the last one */
  readonly end: number;
  /** when the latest of them was received */
  readonly lastAt: Micros | null;
  readonly missing: readonly MissingFacts[];
};

export const NO_FACTS: FactCount = { end: 0, lastAt: null, missing: [] };

/** Stretches that are remembered of a session; of what is missing besides nobody is told. */
const MAX_MISSING = 1_000;

/** With one more fact, in whatever order they are stored: streams are written side by side. */
export function withFact(count: FactCount, seq: number, receivedAt: Micros | null): FactCount {
  const lastAt = later(count.lastAt, receivedAt);
  if (seq < count.end) return { ...count, lastAt, missing: without(count.missing, seq) };
  const isHole = seq > count.end && count.missing.length < MAX_MISSING;
  // before the first nothing is missing: a session may begin in the midst of what its server has heard
  const since = count.end === 0 ? null : receivedAt;
  const missing = isHole ? [...count.missing, { from: count.end, to: seq, since }] : count.missing;
  return { end: seq + 1, lastAt, missing };
}

/** The stretches stand in their order. Only the one that holds the fact is made anew: each fact of a busy log comes by here. */
function without(missing: readonly MissingFacts[], seq: number): readonly MissingFacts[] {
  const at = missing.findLastIndex(({ from }) => from <= seq);
  const holding = missing[at];
  if (holding === undefined || seq >= holding.to) return missing;
  const { from, to, since } = holding;
  const parts = [
    { from, to: seq, since },
    { from: seq + 1, to, since },
  ];
  return missing.toSpliced(at, 1, ...parts.filter((part) => part.from < part.to));
}
