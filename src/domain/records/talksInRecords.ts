/** Who spoke with the outside party, as the call records tell. */
import { earliest, later, latest, type Micros } from '../time.ts';
import { dialledAs } from './dialledAs.ts';
import { cameIn, type RecordedChannel, recordedExtensionOf, takesPart } from './recordedChannels.ts';
import type { RecordedGroup } from './recordedGroup.ts';

/** One stretch in which the outside party and a person heard each other. */
export type RecordedTalk = {
  readonly party: string;
  readonly isOutside: boolean;
  readonly channel: string;
  /** null: only the answer of the PBX is recorded, that of a menu, a queue or a conference */
  readonly answeredAt: Micros | null;
  readonly from: Micros;
  readonly to: Micros;
};

/** The same of whatever answered at the other end. */
type Met = RecordedTalk & { readonly isMachine: boolean };

function sentTo({ called }: RecordedChannel): string {
  return called.map(dialledAs).find((dialled) => dialled !== null)?.number ?? '';
}

type Stretch = Pick<RecordedTalk, 'answeredAt' | 'from' | 'to'>;

/** Local channels lead on to others; so many in a row are followed. */
const MAX_HOPS = 8;

/**
 * In order. A record that says ANSWERED without a called channel is of an application (voicemail, a menu, a queue); one that
 * calls a Local channel is only as good as the records of its other half, and lasts no longer.
 */
export function talksInRecords(group: RecordedGroup, outside: RecordedChannel): RecordedTalk[] {
  const talks = reached(group, outside, null, 0).flatMap(({ isMachine, ...talk }) => (isMachine ? [] : [talk]));
  const stayed = talks.filter(({ from, to }) => to > from);
  return merged((stayed.length > 0 ? stayed : talks).sort((a, b) => a.from - b.from));
}

/**
 * When the last talk was over: before `endedAt` where a later record of the outside party tells that it went on without
 * anybody, in an application or with somebody who was called in vain.
 */
export function talkEndInRecords(
  { channelKinds }: RecordedGroup,
  { calling, called }: RecordedChannel,
  { talks, endedAt }: { readonly talks: readonly RecordedTalk[]; readonly endedAt: Micros },
): Micros {
  const [first, ...others] = talks.map(({ to }) => to);
  if (first === undefined) return endedAt;
  const until = latest(first, ...others);
  const after = [...calling, ...called].filter(({ beganAt }) => beganAt >= until);
  // another one outside with whom it was put through is a person, too
  const isTalk = ({ destinationChannel: name, disposition }: (typeof after)[number]) =>
    disposition === 'ANSWERED' && name !== null && channelKinds.get(name)?.kind === 'trunk';
  return after.length === 0 || after.some(isTalk) ? endedAt : until;
}

/** The names of the machines that answered to the outside party. */
export function machinesInRecords(group: RecordedGroup, outside: RecordedChannel): string[] {
  const met = reached(group, outside, null, 0).filter(({ isMachine }) => isMachine);
  return [...new Set(met.map(({ channel }) => channel))];
}

function reached(group: RecordedGroup, start: RecordedChannel, within: Stretch | null, hops: number): Met[] {
  return stretchesOf(start).flatMap(({ name, ...stretch }) => {
    const both = within === null ? stretch : overlap(within, stretch);
    const channel = name === null ? undefined : group.channels.get(name);
    return both === null || !channel ? [] : talkWith(group, channel, both, hops);
  });
}

function talkWith(group: RecordedGroup, channel: RecordedChannel, stretch: Stretch, hops: number): Met[] {
  const { parsed, name } = channel;
  const other = { isOutside: false, isMachine: false, channel: name, ...stretch };
  switch (group.channelKinds.get(name)?.kind) {
    case 'extension':
      return [{ ...other, party: recordedExtensionOf(channel, group.rules) }];
    case 'machine':
      return [{ ...other, party: name, isMachine: true }];
    case 'trunk':
      return cameIn(channel) || !takesPart(channel)
        ? []
        : [{ ...other, party: `external:${sentTo(channel)}`, isOutside: true }];
    case 'local': {
      const half = [...group.channels.values()].find(
        (other) => other.parsed.pair?.stem === parsed.pair?.stem && other.parsed.pair?.half !== parsed.pair?.half,
      );
      return half && hops < MAX_HOPS ? reached(group, half, stretch, hops + 1) : [];
    }
    default:
      return [];
  }
}

function stretchesOf({ calling, called }: RecordedChannel): ({ readonly name: string | null } & Stretch)[] {
  const told = [
    ...calling.map((record) => ({ record, name: record.destinationChannel })),
    ...called.map((record) => ({ record, name: record.channel })),
  ];
  return told.flatMap(({ record, name }) => {
    const { disposition, answeredAt, beganAt, endedAt } = record;
    // a record that is not ANSWERED can have an answer: that of a menu before
    if (disposition !== 'ANSWERED' || answeredAt === null) return [];
    // nobody answers in the second in which it begins to ring: the PBX had done so before
    return [{ name, answeredAt: answeredAt > beganAt ? answeredAt : null, from: answeredAt, to: endedAt }];
  });
}

function overlap(a: Stretch, b: Stretch): Stretch | null {
  const from = latest(a.from, b.from);
  const to = earliest(a.to, b.to);
  return from <= to ? { answeredAt: later(a.answeredAt, b.answeredAt), from, to } : null;
}

/** Several records of one conversation, as a transfer leaves them. */
function merged(talks: readonly RecordedTalk[]): RecordedTalk[] {
  const joined: RecordedTalk[] = [];
  for (const talk of talks) {
    const at = joined.findLastIndex(({ channel, to }) => channel === talk.channel && to >= talk.from);
    const before = joined[at];
    if (before) joined[at] = { ...before, to: latest(before.to, talk.to) };
    else joined.push(talk);
  }
  return joined;
}
