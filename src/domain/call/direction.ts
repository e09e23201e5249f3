/** Did a call come in, or was somebody outside dialled? (design §5) */
import { type Channel, STATE } from './channel.ts';

export type Origin = { readonly cameIn: boolean; readonly rule: string };

/**
 * Whether a trunk's channel came in or was dialled: the state in which it opened, or that it became Ring later (chan_sip
 * opens every channel as Down, and only one that came in becomes Ring); of one whose opening was not heard what its
 * later states, the dialling, its Linkedid and the call records tell, in this order. That it dials proves nothing: so does
 * a called one that is transferred.
 */
export function originOf(channel: Channel): Origin {
  const state = channel.opening?.state;
  if (state === STATE.ring) return { cameIn: true, rule: 'opened_ringing_in' };
  if (channel.becameRing) return { cameIn: true, rule: 'became_ringing_in' };
  if (state === STATE.down) return { cameIn: false, rule: 'opened_to_be_dialled' };
  if (channel.states.has(STATE.ring)) return { cameIn: true, rule: 'was_ringing_in' };
  if (channel.dialling || channel.states.has(STATE.ringing)) return { cameIn: false, rule: 'was_dialled' };
  if (channel.linkedids.has(channel.uniqueid)) return { cameIn: true, rule: 'call_has_its_id' };
  if (channel.linkedids.size > 0) return { cameIn: false, rule: 'call_has_anothers_id' };
  if (channel.records.length > 0) return { cameIn: true, rule: 'has_call_records' };
  return { cameIn: false, rule: 'nothing_else_told' };
}
