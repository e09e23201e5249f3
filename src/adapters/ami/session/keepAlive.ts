import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { type Micros, microsOfSeconds } from '../../../domain/time.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { fieldOf } from '../../../ports/pbxSource.ts';
import { pause } from '../../../retry.ts';
import type { Conversation } from './conversation.ts';
import type { Timings } from './timings.ts';

/** Only so quick an answer tells a clock: the figure is then right to half a second. */
const QUICK_ANSWER_MICROS = 1_000_000;
/** That a clock moved by less is not told. */
const CLOCK_MOVED_MS = 1_000;

export type Pong = {
  readonly sentAt: Micros;
  /** clock of the PBX minus ours; null when it does not tell it, or the answer was slow */
  readonly clockOffsetMs: number | null;
};

type Times = { readonly clock: Clock; readonly timings: Timings };

/**
 * Asks the PBX whether it is there, and for its clock; null: the answer did not come, but it could not be read either.
 * Errors: `AMI_TIMEOUT` (`pingDeadlineMs`, `pingPatienceMs`), `AMI_CONNECTION_LOST`.
 */
export async function ping(conversation: Conversation, { clock, timings }: Times): Promise<Pong | null> {
  const pausesBefore = conversation.pauses();
  const sentAt = clock.now();
  const silence = new AbortController();
  try {
    const asked = conversation.request('Ping', [], timings.pingPatienceMs);
    const answer = await Promise.race([asked, silent(conversation, timings.pingDeadlineMs, silence.signal)]);
    conversation.proof().answered(sentAt);
    const answeredAt = clock.now();
    const pbxClock = microsOfSeconds(fieldOf(answer.fields, 'Timestamp') ?? '');
    const isSure = pbxClock !== null && answeredAt - sentAt <= QUICK_ANSWER_MICROS;
    return { sentAt, clockOffsetMs: isSure ? Math.round((pbxClock - (sentAt + answeredAt) / 2) / 1000) : null };
  } catch (error) {
    if (hasCode(error, 'AMI_TIMEOUT') && (conversation.isPaused() || conversation.pauses() !== pausesBefore))
      return null;
    throw error;
  } finally {
    silence.abort();
  }
}

/** Rejects with `AMI_TIMEOUT` when nothing is read for so long although it could be; ends when `signal` aborts. */
async function silent(conversation: Conversation, deadlineMs: number, signal: AbortSignal): Promise<never> {
  for (;;) {
    const [readBefore, pausesBefore] = [conversation.proof().lastReadAt(), conversation.pauses()];
    await pause(deadlineMs, signal);
    // when it was this process that stood still, what came meanwhile is read first
    await turnOfTheEventLoop();
    const wasPaused = conversation.isPaused() || conversation.pauses() !== pausesBefore;
    if (signal.aborted || (!wasPaused && conversation.proof().lastReadAt() === readBefore)) {
      throw new CommslogError('AMI_TIMEOUT', `the PBX said nothing for ${deadlineMs} ms, and did not answer a Ping`);
    }
  }
}

/**
 * Pings the PBX from time to time until `signal` aborts or the conversation is lost, and tells of each answer, and when its
 * clock moved from `clockOffsetMs`; loses the conversation when no answer comes.
 */
export async function keepAlive(
  conversation: Conversation,
  { clock, timings }: Times,
  clockOffsetMs: number | null,
  signal: AbortSignal,
): Promise<void> {
  let told = clockOffsetMs;
  for (let waitMs = timings.pingIntervalMs; ; ) {
    await pause(waitMs, signal);
    waitMs = timings.pingIntervalMs;
    if (signal.aborted || conversation.lost() !== null) return;
    // an answer could not be read, and a PBX that does not get rid of its events may not read ours
    if (conversation.isPaused()) continue;
    try {
      const pong = await ping(conversation, { clock, timings });
      if (pong === null) continue;
      conversation.tell({ kind: 'alive', at: pong.sentAt });
      // an answer that was long under way proves little of now
      if (conversation.proof().delayMs(clock.now()) > timings.pingIntervalMs) waitMs = 0;
      const now = pong.clockOffsetMs;
      if (now === null || (told !== null && Math.abs(now - told) <= CLOCK_MOVED_MS)) continue;
      told = now;
      conversation.tell({ kind: 'clock', at: clock.now(), clockOffsetMs: now });
    } catch (error) {
      conversation.lose(
        hasCode(error, 'AMI_TIMEOUT', 'AMI_CONNECTION_LOST')
          ? error
          : new CommslogError('AMI_CONNECTION_LOST', 'the Ping could not be sent', { cause: error }),
      );
    }
  }
}
