import { microsOfSeconds } from '../../../domain/time.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { fieldOf } from '../../../ports/pbxSource.ts';
import { pause } from '../../../retry.ts';
import type { Conversation } from './conversation.ts';
import type { Timings } from './timings.ts';

export type Pong = {
  /** false: the answer is late, but behind other messages that came, or because reading was paused */
  readonly isInTime: boolean;
  /** clock of the PBX minus ours; null when it does not tell it or nothing can be said */
  readonly clockOffsetMs: number | null;
};

/** Asks the PBX whether it is there, and for its clock. Errors: `AMI_TIMEOUT` (it was silent), `AMI_CONNECTION_LOST`. */
export async function ping(conversation: Conversation, clock: Clock, deadlineMs: number): Promise<Pong> {
  const pausesBefore = conversation.pauses();
  const wasPaused = () => conversation.isPaused() || conversation.pauses() !== pausesBefore;
  const sentAt = clock.now();
  try {
    const answer = await conversation.request('Ping', [], deadlineMs);
    if (wasPaused()) return { isInTime: true, clockOffsetMs: null };
    conversation.isLive();
    const pbxClock = microsOfSeconds(fieldOf(answer.fields, 'Timestamp') ?? '');
    const ourClock = (sentAt + clock.now()) / 2;
    return { isInTime: true, clockOffsetMs: pbxClock === null ? null : Math.round((pbxClock - ourClock) / 1000) };
  } catch (error) {
    const isExcused = wasPaused() || conversation.lastReadAt() > sentAt;
    if (hasCode(error, 'AMI_TIMEOUT') && isExcused) return { isInTime: false, clockOffsetMs: null };
    throw error;
  }
}

/** Pings the PBX from time to time until `signal` aborts or the conversation is lost; loses it when an answer is late. */
export async function keepAlive(
  conversation: Conversation,
  clock: Clock,
  timings: Timings,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = timings.pingIntervalMs; ; ) {
    await pause(waitMs, signal);
    if (signal.aborted || conversation.lost() !== null) return;
    waitMs = timings.pingIntervalMs;
    // an answer could not be read, and a PBX that does not get rid of its events may not read ours
    if (conversation.isPaused()) continue;
    try {
      const { isInTime } = await ping(conversation, clock, timings.pingDeadlineMs);
      if (!isInTime && !conversation.isPaused()) waitMs = 0;
    } catch (error) {
      conversation.lose(
        hasCode(error, 'AMI_TIMEOUT', 'AMI_CONNECTION_LOST')
          ? error
          : new CommslogError('AMI_CONNECTION_LOST', 'the Ping could not be sent', { cause: error }),
      );
    }
  }
}
