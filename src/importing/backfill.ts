/** Call records of what was not heard, brought in by themselves after each gap. */
import type { Logger } from 'pino';
import { type RecordedEvent, streamOf } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { nameOf } from '../errorPolicy.ts';
import { hasCode } from '../errors.ts';
import type { CallRecordSource } from '../ports/callRecordSource.ts';
import type { Clock } from '../ports/clock.ts';
import { BEGINNING, type EventStore, readEvents } from '../ports/eventStore.ts';
import { createBackoff, pause } from '../retry.ts';
import { type Gap, Gaps } from './gaps.ts';
import { type ImportCounts, importRecords } from './importRecords.ts';

/** A record is written when its call is over, and a call can go on for long after the gap in which it began. */
const AFTER_THE_GAP_MS = [5_000, 300_000, 1_800_000, 14_400_000] as const;
/** A call that ended in a gap may have begun so long before; clocks differ by less than the second. */
const BEFORE = 14_400_000_000;
const BEHIND = 300_000_000;
/** Events about the connection that are looked at for the gap before the first one. */
const LOOK_BACK = 50;
const RETRIES = { minMs: 1_000, maxMs: 60_000 };

export type BackfillOptions = {
  readonly log: EventStore;
  readonly pbx: string;
  readonly zone: string;
  readonly open: () => Promise<CallRecordSource>;
  /** gaps that ended before are somebody else's */
  readonly since: Micros;
  readonly clock: Clock;
  readonly app: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** when records are asked for, after a gap has ended */
  readonly afterTheGapMs?: readonly number[];
};

/** Fills the gaps of one PBX until the signal aborts. What goes wrong is logged and tried again at the next time. */
export async function backfill(options: BackfillOptions): Promise<void> {
  const { log, pbx, since, logger, signal } = options;
  const filler = new Filler(options);
  const waits = createBackoff(RETRIES);
  while (!signal.aborted) {
    try {
      for await (const gap of gapsOf(log, pbx, signal)) {
        if (gap.to >= since) filler.add(gap);
        waits.reset();
      }
    } catch (error) {
      if (signal.aborted) break;
      logger.warn({ pbx, error: nameOf(error) }, 'the gaps of a connection cannot be followed, trying again');
      await pause(waits.next(), signal);
    }
  }
  await filler.ended();
}

async function* gapsOf(log: EventStore, pbx: string, signal: AbortSignal): AsyncGenerator<Gap> {
  const stream = streamOf.pbx(pbx);
  const gaps = new Gaps();
  const before = (await readEvents(log, stream, { direction: 'backwards', limit: LOOK_BACK })).reverse();
  const endedBy = (event: RecordedEvent) => (event.stream === stream ? gaps.endedBy(event) : null);
  for (const event of before) {
    const gap = endedBy(event);
    if (gap) yield gap;
  }
  const after = before.at(-1)?.position ?? BEGINNING;
  for await (const batch of log.subscribe(after, { streamPrefixes: [stream] }, signal)) {
    for (const event of batch) {
      const gap = endedBy(event);
      if (gap) yield gap;
    }
  }
}

/** One gap at a time; one that comes while another waits is filled together with it. */
class Filler {
  readonly #options: BackfillOptions;
  readonly #delays: readonly number[];
  #gap: Gap | null = null;
  #step = 0;
  #interrupt = new AbortController();
  #working: Promise<void> | null = null;

  constructor(options: BackfillOptions) {
    this.#options = options;
    this.#delays = options.afterTheGapMs ?? AFTER_THE_GAP_MS;
  }

  add(gap: Gap): void {
    const from = Math.min(gap.from, this.#gap?.from ?? gap.from) as Micros;
    this.#gap = { from, to: gap.to };
    this.#step = 0;
    this.#interrupt.abort();
    this.#working ??= this.#work();
  }

  async ended(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#options;
    while (this.#gap !== null && !signal.aborted) {
      const delay = this.#delays[this.#step];
      if (delay === undefined) {
        this.#gap = null;
        break;
      }
      this.#interrupt = new AbortController();
      const interrupted = AbortSignal.any([signal, this.#interrupt.signal]);
      await pause(delay, interrupted);
      if (interrupted.aborted) continue;
      this.#step += 1;
      await this.#fill(this.#gap);
    }
    this.#working = null;
  }

  async #fill({ from, to }: Gap): Promise<void> {
    const { pbx, open, logger, signal } = this.#options;
    try {
      const source = await open();
      let counts: ImportCounts | null = null;
      try {
        const period = { since: (from - BEFORE) as Micros, until: (to + BEHIND) as Micros };
        const rest = { source, after: null };
        for await (const progress of importRecords({ ...this.#options, ...rest, ...period })) counts = progress.counts;
      } finally {
        await source.close();
      }
      if (!signal.aborted) logger.info({ pbx, ...counts }, 'the call records of a gap were read');
    } catch (error) {
      const level = hasCode(error, 'CDR_UNAVAILABLE') ? 'warn' : 'error';
      logger[level]({ pbx, error: nameOf(error) }, 'the call records of a gap cannot be read');
    }
  }
}
