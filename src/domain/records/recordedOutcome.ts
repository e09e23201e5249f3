/** How a call came out, as far as call records tell (design §5). */
import type { Outcome } from '../entry.ts';
import { matchesGlob } from '../pattern.ts';
import type { Micros } from '../time.ts';
import type { ImportedRecord } from './importedRecord.ts';
import type { RecordedByMachine } from './recordedByMachine.ts';
import { cameIn, type RecordedChannel } from './recordedChannels.ts';
import type { RecordedGroup } from './recordedGroup.ts';
import type { RecordedTalk } from './talksInRecords.ts';

export type RecordedOutcome = {
  readonly outcome: Outcome;
  readonly rule: string;
  /** when the PBX's voicemail took the caller */
  readonly voicemailAt: Micros | null;
};

/** The PBX itself ends a call by these; a caller who leaves does so in whatever else goes on. */
const ENDING: ReadonlySet<string> = new Set(['hangup', 'busy', 'congestion', 'playback', 'playtones', 'return']);
const VOICEMAIL = 'voicemail';
const UNREACHED: ReadonlySet<string | null> = new Set(['FAILED', 'CONGESTION']);

export function recordedOutcome(
  group: RecordedGroup,
  party: RecordedChannel,
  { talks, byMachine }: { readonly talks: readonly RecordedTalk[]; readonly byMachine: RecordedByMachine },
): RecordedOutcome {
  const told = (outcome: Outcome, rule: string, voicemailAt: Micros | null = null) => ({ outcome, rule, voicemailAt });
  if (talks.length > 0) return told('answered', 'recorded_person_spoke');
  if (!cameIn(party)) {
    if (byMachine.isSo) return told('missed', 'handled_by_a_machine');
    const last = party.called.at(-1);
    if (last?.disposition === 'BUSY') return told('busy', 'recorded_busy');
    return UNREACHED.has(last?.disposition ?? null)
      ? told('failed', 'recorded_unreached')
      : told('missed', 'recorded_nobody_answered');
  }
  const voicemail = group.records.find((record) => isVoicemail(record, group));
  if (voicemail) return told('voicemail', 'recorded_voicemail', voicemail.beganAt);
  const last = party.calling.at(-1);
  if (party.calling.some(({ answeredAt }) => answeredAt !== null)) {
    return ENDING.has(last?.lastApplication?.toLowerCase() ?? '')
      ? told('missed', 'recorded_end_by_the_pbx')
      : told('abandoned', 'recorded_end_in_an_application');
  }
  return last?.disposition === 'BUSY' ? told('busy', 'recorded_busy') : told('missed', 'recorded_nobody_answered');
}

function isVoicemail({ lastApplication, context }: ImportedRecord, { rules }: RecordedGroup): boolean {
  const inContext = context !== null && rules.voicemail_contexts.some((glob) => matchesGlob(glob, context));
  return inContext || lastApplication?.toLowerCase() === VOICEMAIL;
}
