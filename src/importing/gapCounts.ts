import { streamOf } from '../domain/events.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import type { Gap } from './gaps.ts';
import type { RecordEvent } from './recordEvent.ts';

/** `calls`: of which nothing was heard. */
export type GapCount = { readonly records: number; readonly calls: number };

/** A record's time is cut to whole seconds. */
const SECOND = 1_000_000;
/** Calls that are told apart; what is more is not looked up any more, so the count is then too small. */
const MAX_CALLS = 100_000;
const READS_AT_ONCE = 16;

/** How much of what the records tell lies in which gap. */
export class GapCounts {
  readonly #log: EventStore;
  readonly #pbx: string;
  readonly #counts: Map<Gap, { records: number; calls: number }>;
  readonly #seen = new Set<string>();

  constructor(log: EventStore, pbx: string, gaps: readonly Gap[]) {
    this.#log = log;
    this.#pbx = pbx;
    this.#counts = new Map(gaps.map((gap) => [gap, { records: 0, calls: 0 }]));
  }

  async take(records: readonly RecordEvent[]): Promise<void> {
    const calls: { readonly record: RecordEvent; readonly count: { calls: number } }[] = [];
    for (const record of records) {
      const count = this.#countOf(record);
      if (!count) continue;
      count.records += 1;
      if (this.#seen.has(record.stream) || this.#seen.size === MAX_CALLS) continue;
      this.#seen.add(record.stream);
      calls.push({ record, count });
    }
    for (let at = 0; at < calls.length; at += READS_AT_ONCE) {
      await Promise.all(
        calls.slice(at, at + READS_AT_ONCE).map(async ({ record, count }) => {
          if (!(await this.#isHeard(record))) count.calls += 1;
        }),
      );
    }
  }

  of(gap: Gap): GapCount {
    return this.#counts.get(gap) ?? { records: 0, calls: 0 };
  }

  #countOf({ beganAt }: RecordEvent) {
    for (const [gap, count] of this.#counts) if (beganAt > gap.from - SECOND && beganAt <= gap.to) return count;
    return undefined;
  }

  async #isHeard({ callIds }: RecordEvent): Promise<boolean> {
    for (const id of callIds) {
      const [first] = await readEvents(this.#log, streamOf.call(this.#pbx, id), { limit: 1 });
      if (first) return true;
    }
    return false;
  }
}
