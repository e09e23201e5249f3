import { microsOfSeconds } from '../../domain/time.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { pause } from './backoff.ts';
import type { Conversation } from './conversation.ts';
import { fieldOf } from './frameFields.ts';
import type { Timings } from './timings.ts';

/**
 * Asks the PBX for its clock. Returns clock of the PBX minus ours in ms; null when it does not tell it, or when
 * reading was paused meanwhile, so that nothing can be said. Errors: `AMI_TIMEOUT`, `AMI_CONNECTION_LOST`.
 */
export async function ping(conversation: Conversation, clock: Clock, deadlineMs: number): Promise<number | null> {
  const pausesBefore = conversation.pauses();
  const wasPaused = () => conversation.isPaused() || conversation.pauses() !== pausesBefore;
  const sentAt = clock.now();
  try {
    const answer = await conversation.request('Ping', [], deadlineMs);
    if (wasPaused()) return null;
    conversation.isLive();
    const pbxClock = microsOfSeconds(fieldOf(answer.fields, 'Timestamp') ?? '');
    return pbxClock === null ? null : Math.round(pbxClock / 1000 - (sentAt + clock.now()) / 2000);
  } catch (error) {
    if (hasCode(error, 'AMI_TIMEOUT') && wasPaused()) return null;
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
  for (;;) {
    await pause(timings.pingIntervalMs, signal);
    if (signal.aborted || conversation.lost() !== null) return;
    // an answer could not be read, and a PBX that does not get rid of its events may not read ours
    if (conversation.isPaused()) continue;
    try {
      await ping(conversation, clock, timings.pingDeadlineMs);
    } catch (error) {
      conversation.lose(
        hasCode(error, 'AMI_TIMEOUT', 'AMI_CONNECTION_LOST')
          ? error
          : new CommslogError('AMI_CONNECTION_LOST', 'the Ping could not be sent', { cause: error }),
      );
    }
  }
}
