/** Words for times in which a PBX was not heard: why, and why its call records do not tell either. */
import { LEFT_BECAUSE } from './connectionEvents.ts';

export const gapCauses = [
  /** commslog was stopped */
  'stopped',
  /** its process ended without a word */
  'killed',
  /** it logged in anew */
  'new_login',
  /** what was heard could not be kept any more */
  'journal_full',
  /** the server was not heard of any more, and another one took over */
  'taken_over',
  /** one server left in favour of another */
  'handed_over',
  /** the PBX said that it goes down */
  'pbx_went_down',
  /** the PBX did not answer in time */
  'no_answer',
  /** what it sent cannot be read */
  'unreadable',
  'connection_lost',
] as const;
export type GapCause = (typeof gapCauses)[number];

export const notFilledReasons = [
  /** nobody has said where the PBX keeps its call records */
  'not_configured',
  /** they could not be reached; it is tried again */
  'unavailable',
  'unreadable',
  'time_zone_wrong',
  'failed',
] as const;
export type NotFilledReason = (typeof notFilledReasons)[number];

const OF_REASON: Readonly<Record<string, GapCause>> = {
  [LEFT_BECAUSE.stopped]: 'stopped',
  [LEFT_BECAUSE.killed]: 'killed',
  [LEFT_BECAUSE.journalFull]: 'journal_full',
  [LEFT_BECAUSE.takenOver]: 'taken_over',
  [LEFT_BECAUSE.handedOver]: 'handed_over',
  AMI_NEW_LOGIN: 'new_login',
  AMI_TIMEOUT: 'no_answer',
  AMI_LINE_TOO_LONG: 'unreadable',
  AMI_FRAME_TOO_LARGE: 'unreadable',
};

/** Why a session ended that a gap follows; without a reason nobody has told its end: the process was killed. */
export function causeOf({ reason, pbxWentDown }: { readonly reason: string | null; readonly pbxWentDown: boolean }) {
  if (pbxWentDown) return 'pbx_went_down';
  return reason === null ? 'killed' : (OF_REASON[reason] ?? 'connection_lost');
}

/** What an older or newer program may have written is `failed`. */
export function notFilledReason(text: string): NotFilledReason {
  return notFilledReasons.find((reason) => reason === text) ?? 'failed';
}
