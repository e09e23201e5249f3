/** Call records of what was not heard, brought in by themselves after each gap. */
import { streamOf } from '../domain/events.ts';
import { nameOf } from '../errorPolicy.ts';
import { createBackoff, pause } from '../retry.ts';
import { GapFiller, type GapFillerOptions, NOT_CONFIGURED } from './gapFiller.ts';
import { Gaps, type OfGaps } from './gaps.ts';

const RETRIES = { minMs: 1_000, maxMs: 60_000 };

/**
 * Fills the gaps of one PBX until the signal aborts, also those of earlier processes that nobody has settled, and tells the
 * log what became of each. What goes wrong is logged and tried again.
 */
export async function backfill(options: GapFillerOptions): Promise<void> {
  const { pbx, logger, signal } = options;
  const filler = new GapFiller(options);
  const working = filler.work();
  const waits = createBackoff(RETRIES);
  while (!signal.aborted) {
    try {
      for await (const told of gapsOf(options)) {
        if (told.kind === 'gap') filler.add(told.gap);
        else filler.leaveOut(told.heard);
        waits.reset();
      }
    } catch (error) {
      if (signal.aborted) break;
      logger.warn({ pbx, error: nameOf(error) }, 'the gaps of a connection cannot be followed, trying again');
      await pause(waits.next(), signal);
    }
  }
  await working;
}

/** Gaps that are not settled, then each as soon as it is over, and what another server tells late that it has heard. Where no records are to be had it is enough to have said so. */
async function* gapsOf({ log, pbx, open, signal }: GapFillerOptions): AsyncGenerator<OfGaps> {
  const stream = streamOf.pbx(pbx);
  const gaps = new Gaps(({ final, reason }) => final || (open === null && reason === NOT_CONFIGURED.reason));
  const head = await log.head();
  for await (const events of log.readStream(stream)) for (const event of events) gaps.take(event);
  for (const gap of gaps.open()) {
    yield { kind: 'gap', gap };
    gaps.forget(gap);
  }
  for await (const events of log.subscribe(head, { streamPrefixes: [stream] }, signal)) {
    for (const event of events) {
      const told = event.stream === stream ? gaps.take(event) : null;
      if (told === null) continue;
      yield told;
      if (told.kind === 'gap') gaps.forget(told.gap);
    }
  }
}
