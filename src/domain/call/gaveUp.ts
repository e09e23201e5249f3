/** Whether a caller whom the PBX had answered went by itself, or the PBX ended the call. */

import type { Channel, Step } from '../channels/channel.ts';
import type { Micros } from '../time.ts';

/** The PBX takes the ringing back as the caller goes; what it plays to one who stays lasts longer. */
const GOES_WITH = 2_000_000;

/** How it is known that the caller gave up; null: it did not. `members`: all channels of the call. */
export function gaveUpBy(caller: Channel, members: readonly Channel[]): string | null {
  if (caller.hangupRequested) return 'caller_hung_up_after_the_pbx_answered';
  if (leftTheQueue(caller)) return 'caller_left_the_queue';
  return wentWhileItRang(caller, members) ? 'caller_went_while_it_rang' : null;
}

/** A queue says the same of a caller whose time in it was over: then the PBX goes on elsewhere with the call, and ends it there. */
function leftTheQueue({ leftQueue, hangup }: Channel): boolean {
  if (leftQueue === null || hangup === null) return false;
  const isThere = hangup.where.context === leftQueue.where.context || isAfterHangup(hangup.where);
  return isThere && isTogether(leftQueue.at, hangup.at);
}

/** What a dialplan does when a channel has hung up, and what FreePBX does there. */
function isAfterHangup({ context, exten }: Step): boolean {
  return exten === 'h' || context === 'macro-hangupcall';
}

function isTogether(a: Micros | null, b: Micros | null): boolean {
  return a === null || b === null || Math.abs(a - b) <= GOES_WITH;
}

/** ISDN and analog channels end without a HangupRequest, but who is cancelled was cancelled for somebody who went. */
function wentWhileItRang(caller: Channel, members: readonly Channel[]): boolean {
  const dialled = members.flatMap(({ dialling }) => (dialling?.by === caller.uniqueid ? [dialling] : []));
  if (dialled.some(({ status }) => status === 'ANSWER')) return false;
  const end = caller.hangup?.at ?? null;
  return dialled.some(({ status, endedAt }) => status === 'CANCEL' && isTogether(end, endedAt));
}
