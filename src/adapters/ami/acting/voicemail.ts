import { type Channel, CLEARED } from './channel.ts';
import type { Act } from './ringing.ts';
import type { Voicemail } from './scene.ts';
import type { Stage } from './stage.ts';

/** The mailbox answers; the caller listens to its greeting, and leaves a message or not. */
export function* leaveMessage(
  stage: Stage,
  outside: Channel,
  { mailbox, seconds, leavesMessage }: Voicemail,
  to: readonly [context: string, exten: string],
): Act {
  outside.place = ['macro-vm', 's-NOANSWER', 2];
  const takenOverAt = stage.now();
  if (outside.state !== 6) stage.answer(outside);
  const record = {
    to,
    dialled: null,
    application: 'VoiceMail',
    data: `${mailbox}@default,u`,
    disposition: 'ANSWERED',
    // what was before has a record of its own
    startedAt: takenOverAt,
    answeredAt: takenOverAt,
  } as const;
  yield seconds;
  stage.hangupRequest(outside, 16);
  if (leavesMessage) stage.messageWaiting(outside, mailbox);
  stage.softHangup(outside);
  stage.cdr(outside, record);
  stage.hangup(outside, CLEARED);
}
