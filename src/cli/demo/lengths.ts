import type { End, Scene, Talk } from '../../adapters/ami/index.ts';
import type { Micros } from '../../domain/time.ts';

/** When a call is over, within a few seconds. */
export function endOf(scene: Scene): Micros {
  return (scene.startsAt + Math.ceil(secondsOf(scene) + SLACK) * 1_000_000) as Micros;
}

/** For what passes between the parts of a call. */
const SLACK = 3;

function secondsOf(scene: Scene): number {
  if (scene.kind === 'outbound') {
    return scene.ringSeconds + (scene.end.kind === 'answered' ? talkSeconds(scene.end.talk) : 0);
  }
  return (scene.menuSeconds ?? 0) + secondsAt(scene.to);
}

function secondsAt(to: (Scene & { kind: 'inbound' })['to']): number {
  switch (to.kind) {
    case 'none':
      return 0;
    case 'voicemail':
      return to.voicemail.seconds;
    case 'queue':
      return to.tries.reduce((sum, { seconds }) => sum + seconds + SLACK, 0) + afterRinging(to.end);
    case 'extension':
    case 'ring_group':
      return to.ringing.seconds + afterRinging(to.end);
  }
}

function afterRinging(end: End): number {
  if (end.kind === 'voicemail') return end.voicemail.seconds;
  return end.kind === 'answered' ? talkSeconds(end.talk) : 0;
}

function talkSeconds({ seconds, transfer }: Talk): number {
  if (transfer === null) return seconds;
  const asked = transfer.kind === 'attended' ? transfer.consultSeconds : 0;
  return seconds + transfer.ringSeconds + asked + transfer.talkSeconds + SLACK;
}
