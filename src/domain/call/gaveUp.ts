/** Whether a caller whom the PBX had answered went by itself, or the PBX ended the call. */
import type { Channel } from './channel.ts';

/** The PBX takes the ringing back as the caller goes; what it plays to one who stays lasts longer. */
const GOES_WITH = 2_000_000;

/** How it is known that the caller gave up; null: it did not. `members`: all channels of the call. */
export function gaveUpBy(caller: Channel, members: readonly Channel[]): string | null {
  if (caller.hangupRequested) return 'caller_hung_up_after_the_pbx_answered';
  if (caller.leftQueue) return 'caller_left_the_queue';
  return wentWhileItRang(caller, members) ? 'caller_went_while_it_rang' : null;
}

/** ISDN and analog channels end without a HangupRequest, but who is cancelled was cancelled for somebody who went. */
function wentWhileItRang(caller: Channel, members: readonly Channel[]): boolean {
  const dialled = members.flatMap(({ dialling }) => (dialling?.by === caller.uniqueid ? [dialling] : []));
  if (dialled.some(({ status }) => status === 'ANSWER')) return false;
  const end = caller.hangup?.at ?? null;
  return dialled.some(
    ({ status, endedAt }) =>
      status === 'CANCEL' && (end === null || endedAt === null || Math.abs(end - endedAt) <= GOES_WITH),
  );
}
