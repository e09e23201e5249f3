/** Did the PBX's voicemail take the caller, and when? (design §5) */

import type { Channel } from '../channels/channel.ts';
import { type Recorded, timeInRecord } from '../channels/recordTimes.ts';
import { matchesGlob } from '../pattern.ts';
import type { CallRules } from '../rules.ts';
import { later, type Micros } from '../time.ts';

export type Voicemail = { readonly at: Micros | null; readonly rule: string };

const APPLICATION = 'voicemail';

/** `phones` are the phones that were rung, `locals` the Local channels of the call. Null: voicemail had no part in it. */
export function voicemailOf(
  caller: Channel,
  { phones, locals }: { readonly phones: readonly Channel[]; readonly locals: readonly Channel[] },
  rules: CallRules,
): Voicemail | null {
  const takers = [caller, ...locals];
  const isVoicemail = (context: string) => rules.voicemail_contexts.some((glob) => matchesGlob(glob, context));
  const inContext = takers.some(({ upContexts }) => [...upContexts].some(isVoicemail));
  const record = takers.flatMap(({ records }) => records).find(isOfVoicemail);
  if (!inContext && !record && !takers.some(({ messageLeft }) => messageLeft)) return null;
  const rule = inContext ? 'voicemail_context' : record ? 'voicemail_record' : 'message_left';
  const rangUntil = phones.map(stoppedRingingAt).reduce(later, null);
  const [firstUpIn] = caller.upContexts;
  const cameUpInIt = inContext
    ? firstUpIn !== undefined && isVoicemail(firstUpIn)
    : caller.upAt !== null && rangUntil !== null && caller.upAt >= rangUntil;
  if (cameUpInIt) return { rule, at: caller.upAt };
  return { rule, at: rangUntil ?? (record ? timeInRecord(record, record, 'startTime') : null) ?? caller.upAt };
}

function isOfVoicemail({ lastApplication }: Recorded): boolean {
  return lastApplication?.toLowerCase() === APPLICATION;
}

function stoppedRingingAt({ dialling, hangup }: Channel): Micros | null {
  return dialling?.endedAt ?? hangup?.at ?? null;
}
