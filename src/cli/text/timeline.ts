import { takenBackSchema } from '../../domain/acts/noteRemoval.ts';
import { parseChannelName } from '../../domain/channels/channelName.ts';
import type { CommsEntry, Leg } from '../../domain/entry.ts';
import { partsOfStream, pbxFactDataSchema, type RecordedEvent } from '../../domain/events.ts';
import type { ChannelView, Fact, Role } from '../../domain/facts/fact.ts';
import { factOf } from '../../domain/facts/factOf.ts';
import { toRfc3339 } from '../../domain/time.ts';
import { hasCode } from '../../errors.ts';

/** What of an entry is told. */
export type Told = Pick<
  CommsEntry,
  | 'id'
  | 'occurred_at'
  | 'direction'
  | 'outcome'
  | 'external_number'
  | 'external_number_raw'
  | 'body'
  | 'legs'
  | 'segments'
>;
/** `who` is somebody of whom the PBX said it. */
type Line = { readonly at: string; readonly who: string | null; readonly text: string };
/** By uniqueid; `isWithheld`: whoever is outside is not to be shown. */
type Legs = { readonly legs: ReadonlyMap<string, Leg>; readonly isWithheld: boolean };
type Said = { readonly who: string; readonly text: string };
/** `field` gives what the PBX wrote under a key. */
type Say = (fact: Fact, who: (role: Role) => string | null, field: (key: string) => string | null) => Said | null;

/** The PBX may say anything else, so it is looked up in a Map. */
const DIAL_ENDS: ReadonlyMap<string | null, string> = new Map([
  ['ANSWER', 'answers'],
  ['BUSY', 'is busy'],
  ['CANCEL', 'stops ringing'],
  ['CHANUNAVAIL', 'cannot be reached'],
  ['CONGESTION', 'cannot be reached'],
  ['NOANSWER', 'does not answer'],
]);

const RINGING = 4;

/** What each type of fact says about the people of a call; types that are not here say nothing about them. */
const SAYS: Readonly<Record<string, Say>> = {
  ChannelOpened: (fact, who) => {
    const [channel] = fact.channels;
    return channel?.state === RINGING ? told(who('subject'), `calls ${channel.exten ?? 'the PBX'}`) : null;
  },
  DialBegan: (_, who) => told(who('dest'), 'is called'),
  DialEnded: (fact, who) => told(who('dest'), DIAL_ENDS.get(fact.dialStatus) ?? 'is not called any more'),
  QueueCallerJoined: (_, who) => told(who('subject'), 'waits in a queue'),
  QueueCallerAbandoned: (_, who) => told(who('subject'), 'leaves the queue without an answer'),
  CallHeld: (_, who) => told(who('subject'), 'puts the call on hold'),
  CallResumed: (_, who) => told(who('subject'), 'takes the call off hold'),
  CallPickedUp: (_, who) => told(who('subject'), `picks up a call for ${who('picked_up') ?? 'another phone'}`),
  CallParked: (_, who) => told(who('parkee'), 'is parked'),
  CallUnparked: (_, who) => told(who('retriever'), `takes ${who('parkee') ?? 'a call'} out of parking`),
  CallBlindTransferred: (_, who, field) =>
    told(who('transferer'), `transfers ${who('transferee') ?? 'the call'} to ${field('Extension') ?? 'somebody'}`),
  CallAttendedTransferred: (_, who) =>
    told(
      who('transferer'),
      `puts ${who('transferee') ?? 'the call'} through to ${who('transfer_target') ?? 'somebody'}`,
    ),
  ConferenceJoined: (_, who) => told(who('subject'), 'joins a conference'),
  VoicemailLeft: (_, _who, field) => told(field('Mailbox'), 'is a mailbox with a message'),
  HangupRequested: (_, who) => told(who('subject'), 'hangs up'),
  CallHungUp: (fact, who) => told(who('subject'), `is gone${fact.cause === null ? '' : ` (cause ${fact.cause})`}`),
};

/** What people do with an entry. */
const PEOPLE_SAY: Readonly<Record<string, string>> = {
  CallLogged: 'logs the call by hand',
  CallCorrected: 'corrects it',
  CallVoided: 'says that there was no such call',
  CallAssigned: 'assigns it to a customer',
  CallUnassigned: 'says that it belongs to no customer',
  NoteAdded: 'adds a note',
  NoteRemoved: 'removes a note',
  CallMarkedDone: 'marks it as done',
  CallMarkedOpen: 'marks it as open',
  ManualCallMerged: 'says that a call logged by hand is this one',
  ManualCallSplit: 'says that a call logged by hand is another one',
};

/** The story of a call, a line for each thing that happened to somebody in it. */
export function timelineOf(entry: Told, events: readonly RecordedEvent[]): readonly string[] {
  const legs = new Map(entry.legs.map((leg) => [leg.uniqueid, leg]));
  const isWithheld = entry.direction === 'inbound' && entry.external_number_raw === null;
  const lines = [...events.flatMap((event) => lineOf(event, { legs, isWithheld })), ...talks(entry)];
  const ordered = withoutRepeats(lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)));
  return [head(entry), ...ordered.map(({ at, text }) => `  ${at.slice(11, 23)}  ${text}`)];
}

/** Who has several channels is told of once for each: the same again is left out until something else was said of them. */
function withoutRepeats(lines: readonly Line[]): Line[] {
  const last = new Map<string, string>();
  return lines.filter(({ who, text }) => {
    if (who === null) return true;
    const isRepeat = last.get(who) === text;
    last.set(who, text);
    return !isRepeat;
  });
}

function head({ id, occurred_at, direction, outcome, external_number, external_number_raw, body }: Told): string {
  const party = external_number ?? external_number_raw ?? 'withheld';
  return `${occurred_at?.slice(0, 19).replace('T', ' ')} UTC  ${direction} ${party}, ${outcome}. ${body}. ${id}`;
}

/** The fold knows best who spoke when: bridges, Local channels and races are behind it. */
function talks({ segments }: Told): Line[] {
  return segments.flatMap(({ party, from, to }) => [
    ...(from === null ? [] : [{ at: from, who: null, text: `${party} and the outside party are connected` }]),
    ...(to === null ? [] : [{ at: to, who: null, text: `${party} and the outside party are no longer connected` }]),
  ]);
}

function lineOf(event: RecordedEvent, told: Legs): Line[] {
  if (partsOfStream(event.stream).kind !== 'call') return peoplesLine(event);
  const fact = factOrNull(event);
  if (fact?.at == null) return [];
  const channel = (role: Role) => fact.channels.find((one) => one.role === role);
  const said = SAYS[fact.type]?.(fact, (role) => nameOf(channel(role), told), fieldsOf(event)) ?? null;
  return said === null ? [] : [{ at: toRfc3339(fact.at), ...said }];
}

function peoplesLine({ type, metadata, data }: RecordedEvent): Line[] {
  const taken = takenBackSchema.safeParse(data.taken_back).data;
  const text = PEOPLE_SAY[type]?.concat(taken ? `, taking back a note of ${taken.author}` : '');
  const { actor } = metadata;
  const sub = typeof actor === 'object' && actor !== null && 'sub' in actor ? String(actor.sub) : 'somebody';
  return text === undefined ? [] : [{ at: String(metadata.recorded_at), who: null, text: `${sub} ${text}` }];
}

function told(who: string | null, what: string): Said | null {
  return who === null ? null : { who, text: `${who} ${what}` };
}

/** An extension by its name, whoever is outside by the number and the trunk; null: a channel that is nobody. */
function nameOf(channel: ChannelView | undefined, { legs, isWithheld }: Legs): string | null {
  if (channel === undefined) return null;
  const leg = legs.get(channel.uniqueid);
  const endpoint = leg?.party ?? (channel.name === null ? null : parseChannelName(channel.name).endpoint);
  if (endpoint === null || leg?.kind === 'local' || leg?.kind === 'other') return null;
  return leg?.kind === 'trunk'
    ? `${(isWithheld ? null : channel.callerNumber) ?? 'somebody'} (trunk ${endpoint})`
    : endpoint;
}

function fieldsOf(event: RecordedEvent): (key: string) => string | null {
  const fields = pbxFactDataSchema.safeParse(event.data).data?.fields ?? [];
  return (key) => fields.find(([name]) => name === key)?.[1] || null;
}

function factOrNull(event: RecordedEvent): Fact | null {
  try {
    return factOf(event);
  } catch (error) {
    if (hasCode(error, 'POISON_EVENT')) return null;
    throw error;
  }
}
