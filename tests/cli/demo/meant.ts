import type { End, Scene, Talk } from '../../../src/adapters/ami/index.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';

/** What a call was meant to be, in the words of its row. */
export type Meant = Pick<CallEntry, 'direction' | 'outcome' | 'extensions' | 'did' | 'dialled' | 'trunk' | 'queues'> & {
  readonly ring: number;
  readonly talk: number;
};

const RETRY = 2;
const TOLERANCE = 1.05;

export function meantBy(scene: Scene): Meant {
  if (scene.kind === 'outbound') {
    const { end, ringSeconds, dialled, trunk, from } = scene;
    const outcome = end.kind === 'no_answer' ? 'missed' : end.kind;
    const common: Omit<Meant, 'extensions' | 'talk'> = {
      direction: 'outbound',
      outcome,
      did: null,
      dialled,
      trunk,
      queues: [],
      ring: ringSeconds,
    };
    return end.kind === 'answered'
      ? { ...common, extensions: [from.extension], talk: lengthOf(end.talk) }
      : { ...common, extensions: [], talk: 0 };
  }
  const { to, menuSeconds, did, trunk } = scene;
  const menu = menuSeconds ?? 0;
  const common = {
    direction: 'inbound',
    did,
    dialled: null,
    trunk,
    queues: to.kind === 'queue' ? [to.number] : [],
  } as const;
  const nobody = { extensions: [], talk: 0 };
  switch (to.kind) {
    case 'none':
      return { ...common, ...nobody, outcome: 'abandoned', ring: menu };
    case 'voicemail':
      return { ...common, ...nobody, outcome: 'voicemail', ring: menu };
    case 'queue': {
      const waited = to.tries.reduce((sum, { seconds }) => sum + seconds, 0) + (to.tries.length - 1) * RETRY;
      return { ...common, ...ended(to.end, 'abandoned'), ring: menu + waited };
    }
    case 'extension':
    case 'ring_group':
      return {
        ...common,
        ...ended(to.end, menuSeconds === null ? 'missed' : 'abandoned'),
        ring: menu + to.ringing.seconds,
      };
  }
}

/** `givenUp`: a caller who leaves once the PBX has answered has abandoned. */
function ended(end: End, givenUp: 'abandoned' | 'missed'): Pick<Meant, 'outcome' | 'extensions' | 'talk'> {
  switch (end.kind) {
    case 'answered': {
      const { transfer } = end.talk;
      const extensions = [end.by.extension, ...(transfer === null ? [] : [transfer.to.extension])];
      return { outcome: 'answered', extensions, talk: lengthOf(end.talk) };
    }
    case 'given_up':
      return { outcome: givenUp, extensions: [], talk: 0 };
    case 'no_answer':
      return { outcome: 'missed', extensions: [], talk: 0 };
    case 'voicemail':
      return { outcome: 'voicemail', extensions: [], talk: 0 };
  }
}

/** A blind transfer takes two seconds, an attended one one and a half, until the other phone is rung. */
function lengthOf({ seconds, transfer }: Talk): number {
  if (transfer === null) return seconds;
  const asked = transfer.kind === 'attended' ? transfer.consultSeconds + 1.5 : 2;
  return seconds + asked + transfer.ringSeconds + transfer.talkSeconds;
}

/** Where the row is not what was meant, in words; empty: it is. `scene`: of which call it is; undefined: of none. */
export function differences(row: CallEntry, scene: Scene | undefined): string[] {
  if (scene === undefined) return [`${row.ext_message_id} is no call`];
  const { ring, talk, ...exact } = meantBy(scene);
  const wrong = Object.entries(exact)
    .filter(([field, value]) => JSON.stringify(sorted(row[field as keyof CallEntry])) !== JSON.stringify(sorted(value)))
    .map(
      ([field, value]) => `${field} is ${JSON.stringify(row[field as keyof CallEntry])}, not ${JSON.stringify(value)}`,
    );
  for (const [field, value] of [
    ['ring_seconds', ring],
    ['duration_seconds', talk],
  ] as const) {
    if (Math.abs((row[field] ?? 0) - value) > TOLERANCE) wrong.push(`${field} is ${row[field]}, not ${value}`);
  }
  if (row.incomplete.length > 0) wrong.push(`incomplete: ${row.incomplete.join()}`);
  return wrong.map((what) => `${row.ext_message_id} (${scene.kind}): ${what}`);
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
