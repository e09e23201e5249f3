/** How a call with the outside came out (design §5). */

import type { Channel } from '../channels/channel.ts';
import type { Outcome } from '../entry.ts';
import type { Voicemail } from './voicemail.ts';

export type Decided = { readonly outcome: Outcome; readonly rule: string };

/** Q.850 causes */
const USER_BUSY = 17;
const CALL_REJECTED = 21;
const INTERWORKING = 127;
/** normal clearing, no user responding, no answer, answered elsewhere, normal, and 0: none was given */
const NOBODY_ANSWERED: ReadonlySet<number> = new Set([0, 16, 18, 19, 26, 31]);
/** what Asterisk shows as the SIP status of a call that it took back itself */
const TAKEN_BACK: ReadonlySet<number> = new Set([487, 500]);
/** the SIP status of another refusal, for which Q.850 has no cause of its own */
const isRefusal = (sipStatus: number | null) => sipStatus !== null && sipStatus >= 400 && !TAKEN_BACK.has(sipStatus);
/** a SIP provider's 4xx that Asterisk calls a rejection is the provider's no; only a 6xx is the called person's */
const isProvidersNo = (sipStatus: number | null) => sipStatus !== null && sipStatus >= 400 && sipStatus < 500;
/** of a trunk whose Hangup was not heard */
const OUTCOME_OF_DIAL_STATUS: ReadonlyMap<string | null, Decided> = new Map([
  ['BUSY', { outcome: 'busy', rule: 'dial_ended_busy' }],
  ['CONGESTION', { outcome: 'failed', rule: 'dial_ended_unreached' }],
  ['CHANUNAVAIL', { outcome: 'failed', rule: 'dial_ended_unreached' }],
]);

/** Of a call that no person answered: the caller's own channel decides. `gaveUp`: how it is known that the caller did. */
export function inboundOutcome(caller: Channel, voicemail: Voicemail | null, gaveUp: string | null): Decided {
  if (voicemail) return { outcome: 'voicemail', rule: voicemail.rule };
  if (caller.isUp) {
    return gaveUp === null
      ? { outcome: 'missed', rule: 'pbx_answered_and_ended_it' }
      : { outcome: 'abandoned', rule: gaveUp };
  }
  return caller.hangup?.cause === USER_BUSY
    ? { outcome: 'busy', rule: 'caller_was_given_busy' }
    : { outcome: 'missed', rule: 'nobody_answered' };
}

/** Of a call that was not answered outside: the last trunk channel's cause decides, the phone's own says 17 for any no. */
export function outboundOutcome(trunk: Channel): Decided {
  const missed: Decided = { outcome: 'missed', rule: 'nobody_answered_outside' };
  if (!trunk.hangup) return OUTCOME_OF_DIAL_STATUS.get(trunk.dialling?.status ?? null) ?? missed;
  const { cause, techCause } = trunk.hangup;
  if (cause === null || NOBODY_ANSWERED.has(cause)) return missed;
  if (cause === INTERWORKING && !isRefusal(techCause)) return missed;
  if (cause === USER_BUSY) return { outcome: 'busy', rule: 'busy_outside' };
  if (cause === CALL_REJECTED && !isProvidersNo(techCause)) return { outcome: 'busy', rule: 'declined_outside' };
  return { outcome: 'failed', rule: 'not_reached_outside' };
}
