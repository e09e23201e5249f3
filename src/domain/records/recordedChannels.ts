/** The channels that call records name, and what each leads to: a trunk, a phone inside, or nobody. */

import { secondOf } from '../channels/channel.ts';
import type { ChannelKind, KnownKind } from '../channels/channelKind.ts';
import {
  type ChannelName,
  isLocal,
  isMachine,
  isSameEndpoint,
  isTechnical,
  parseChannelName,
} from '../channels/channelName.ts';
import { isExtension, matchesSome } from '../pattern.ts';
import type { CallRules } from '../rules.ts';
import type { Micros } from '../time.ts';
import { dialledAs } from './dialledAs.ts';
import type { ImportedRecord } from './importedRecord.ts';

/** A channel that records name; only of one that called the Uniqueid is written down. */
export type RecordedChannel = {
  readonly name: string;
  readonly parsed: ChannelName;
  readonly uniqueid: string | null;
  /** the records of this channel, in order */
  readonly calling: ImportedRecord[];
  /** the records of others that called it, in order */
  readonly called: ImportedRecord[];
};

/** By name. `records` in order. */
export function recordedChannels(records: readonly ImportedRecord[]): ReadonlyMap<string, RecordedChannel> {
  const channels = new Map<string, RecordedChannel>();
  const channelOf = (name: string, uniqueid: string | null) => {
    const known = channels.get(name);
    if (known && (known.uniqueid !== null || uniqueid === null)) return known;
    const channel = { calling: [], called: [], ...known, name, parsed: parseChannelName(name), uniqueid };
    channels.set(name, channel);
    return channel;
  };
  for (const record of records) {
    if (record.channel !== null) channelOf(record.channel, record.uniqueid).calling.push(record);
    if (record.destinationChannel !== null) channelOf(record.destinationChannel, null).called.push(record);
  }
  return channels;
}

/** When it is first heard of: its Uniqueid's second, else the begin of the record that it was called in. */
export function firstSeen({ uniqueid, calling, called }: RecordedChannel): Micros {
  const second = uniqueid === null ? null : secondOf(uniqueid);
  return second ?? calling[0]?.beganAt ?? called[0]?.beganAt ?? (0 as Micros);
}

/** A trunk that nobody dialled called by itself. */
export function cameIn(channel: RecordedChannel): boolean {
  return channel.calling.length > 0 && !channel.called.some((record) => dialledAs(record) !== null);
}

/** Inside: the extension that it called as, or that was called at it, else its endpoint. */
export function recordedExtensionOf({ calling, called, parsed }: RecordedChannel, rules: CallRules): string {
  const shown = calling.flatMap(({ callerNumber, source }) => [callerNumber, source]);
  const dialled = called.map((record) => dialledAs(record)?.number ?? null);
  return [...shown, ...dialled].find((number) => isOwn(number, parsed, rules)) ?? parsed.endpoint;
}

function isOwn(number: string | null, { endpoint }: ChannelName, rules: CallRules): boolean {
  return number === endpoint || isExtension(number, rules.extension_patterns);
}

/** It called, or was called; a record of a conference names whoever else was there. */
export function takesPart({ calling, called }: RecordedChannel): boolean {
  return calling.length > 0 || called.some(({ lastApplication }) => !MEETING.has(lastApplication?.toLowerCase() ?? ''));
}

const MEETING: ReadonlySet<string> = new Set(['confbridge', 'meetme', 'page', 'park', 'parkedcall', 'bridge']);

export function recordedKinds(
  channels: ReadonlyMap<string, RecordedChannel>,
  rules: CallRules,
): ReadonlyMap<string, KnownKind> {
  const known = new Map<string, KnownKind>();
  for (const [rule, ask] of QUESTIONS) {
    for (const channel of channels.values()) {
      if (known.has(channel.name)) continue;
      const same = isShared(channel, rules) ? null : sameEndpoint(channel, channels, known);
      const kind = same ?? ask({ channel, rules, known });
      const isGuessed = kind === 'trunk' || kind === 'extension' ? ask === byFarEnd : false;
      if (kind !== null) known.set(channel.name, { kind, rule: same ? 'same_endpoint' : rule, isGuessed });
    }
  }
  return known;
}

type Question = {
  readonly channel: RecordedChannel;
  readonly rules: CallRules;
  readonly known: ReadonlyMap<string, KnownKind>;
};

/** Asked in this order. What a name looks like is never asked. */
const QUESTIONS: readonly (readonly [string, (question: Question) => ChannelKind | null])[] = [
  ['local_channel', ({ channel }) => (isLocal(channel.parsed) ? 'local' : null)],
  ['technical_channel', ({ channel }) => (isTechnical(channel.parsed) ? 'other' : null)],
  ['machine_channel', ({ channel }) => (isMachine(channel.parsed) ? 'machine' : null)],
  [
    'machine_name',
    ({ channel, rules }) => (matchesSome(rules.machine_names, channel.parsed.endpoint) ? 'machine' : null),
  ],
  ['trunk_name', ({ channel, rules }) => (matchesSome(rules.trunk_names, channel.parsed.endpoint) ? 'trunk' : null)],
  ['shared_endpoint', byNumberAtSharedEndpoint],
  ['recorded_trunk_context', ({ channel, rules }) => (inContext(channel, rules.trunk_contexts) ? 'trunk' : null)],
  ['recorded_dial', ({ channel }) => byDial(channel)],
  ['recorded_caller_is_endpoint', ({ channel }) => (callsAsItself(channel) ? 'extension' : null)],
  ['recorded_did', ({ channel }) => (channel.calling.some(({ did }) => did !== null) ? 'trunk' : null)],
  ['recorded_internal_context', byInternalContext],
  ['recorded_far_end', byFarEnd],
];

function sameEndpoint(
  { parsed }: RecordedChannel,
  channels: ReadonlyMap<string, RecordedChannel>,
  known: ReadonlyMap<string, KnownKind>,
): ChannelKind | null {
  for (const other of channels.values()) {
    const kind = known.get(other.name)?.kind;
    if (isSameEndpoint(other.parsed, parsed) && (kind === 'trunk' || kind === 'extension')) return kind;
  }
  return null;
}

function isShared({ parsed }: RecordedChannel, rules: CallRules): boolean {
  return matchesSome(rules.shared_endpoints, parsed.endpoint);
}

/** Who was called is what was dialled, who called is what it showed; what is none of ours is the provider's. */
function byNumberAtSharedEndpoint({ channel, rules }: Question): ChannelKind | null {
  if (!isShared(channel, rules)) return null;
  const { calling, called, parsed } = channel;
  const dialled = called.map(dialledAs).find((one) => one !== null);
  const numbers = dialled
    ? [dialled.number ?? parsed.endpoint]
    : calling.flatMap(({ callerNumber, source }) => [callerNumber, source]);
  return numbers.some((number) => isOwn(number, parsed, rules)) ? 'extension' : 'trunk';
}

function inContext({ calling }: RecordedChannel, globs: readonly string[]): boolean {
  return calling.some(({ context }) => context !== null && matchesSome(globs, context));
}

/** Who is dialled by its own name is a phone; through what a number is dialled is a trunk. */
function byDial({ called }: RecordedChannel): ChannelKind | null {
  for (const record of called) {
    const dialled = dialledAs(record);
    if (dialled !== null) return dialled.number === null ? 'extension' : 'trunk';
  }
  return null;
}

function callsAsItself({ calling, parsed }: RecordedChannel): boolean {
  return calling.some(({ source, callerNumber }) => source === parsed.endpoint || callerNumber === parsed.endpoint);
}

function byInternalContext({ channel, rules }: Question): ChannelKind | null {
  return inContext(channel, rules.internal_contexts) ? 'extension' : null;
}

/** What nothing else tells is a trunk, unless a trunk is at the other end; strangers in a conference are nobody's. */
function byFarEnd({ channel, known }: Question): ChannelKind {
  const { calling, called } = channel;
  const others = [...calling.map(({ destinationChannel }) => destinationChannel), ...called.map((one) => one.channel)];
  if (others.some((name) => name !== null && known.get(name)?.kind === 'trunk')) return 'extension';
  return takesPart(channel) ? 'trunk' : 'other';
}
