/** When the call records of which gap are asked for. */
import type { Micros } from '../domain/time.ts';
import { BEFORE, BEHIND } from './fillGaps.ts';
import type { OpenGap } from './gaps.ts';

/** Gaps whose records are asked for together, and the time from the first to the last. */
const MAX_TOGETHER = 100;
const MAX_SPAN = 7 * 86_400_000_000;

/** A gap whose records are still to be asked for; `step` counts the tries from 0. */
export type Waiting = { readonly gap: OpenGap; readonly step: number; readonly due: Micros };

/** The times of the tries, one after the other. */
export class GapSchedule {
  readonly #delays: readonly number[];
  readonly #startedAt: Micros;

  /** `delaysMs`: how long is waited before each try. What was to be tried before `startedAt` is made up for at once. */
  constructor(delaysMs: readonly number[], startedAt: Micros) {
    this.#delays = delaysMs.map((ms) => ms * 1000);
    this.#startedAt = startedAt;
  }

  /** The next try of a gap that the log tells about. */
  first(gap: OpenGap): Waiting {
    const { filling, endedAt } = gap;
    const last = this.#delays.length - 1;
    const sum = this.#delays.reduce((total, delay) => total + delay, 0);
    const isOld = endedAt + sum <= this.#startedAt;
    const tries = filling === null ? 0 : this.#triesUntil(filling.at, endedAt);
    const step = isOld ? last : Math.min(tries, last);
    const since = isOld ? (0 as Micros) : (filling?.at ?? endedAt);
    return { gap, step, due: (since + this.#delay(step)) as Micros };
  }

  /** The try after this one; null: it was the last, and there were records to be read. */
  next({ gap, step }: Waiting, triedAt: Micros, isFilled: boolean): Waiting | null {
    const isLast = this.isLast(step);
    if (isLast && isFilled) return null;
    const next = isLast ? step : step + 1;
    return { gap, step: next, due: (triedAt + this.#delay(next)) as Micros };
  }

  isLast(step: number): boolean {
    return step >= this.#delays.length - 1;
  }

  #delay(step: number): number {
    return this.#delays[step] ?? 0;
  }

  /** How many tries have been made by then. */
  #triesUntil(triedAt: Micros, endedAt: Micros): number {
    const dues = this.#delays.map((_, step) => this.#delays.slice(0, step + 1).reduce((a, b) => a + b, endedAt));
    return dues.filter((due) => due <= triedAt).length;
  }
}

/** Those that are asked for together now: the oldest that is due, and what is close behind it. */
export function together(waiting: Iterable<Waiting>, now: Micros): readonly Waiting[] {
  const due = [...waiting].filter((one) => one.due <= now).sort((a, b) => a.gap.from - b.gap.from);
  const chosen: Waiting[] = [];
  for (const one of due) {
    const [first, previous] = [chosen[0]?.gap, chosen.at(-1)?.gap];
    if (!first || !previous) chosen.push(one);
    else if (one.gap.from - BEFORE > previous.to + BEHIND || one.gap.to - first.from > MAX_SPAN) break;
    else chosen.push(one);
    if (chosen.length === MAX_TOGETHER) break;
  }
  return chosen;
}
