/** What a channel leads to: a trunk to the outside, a phone inside, a machine, or nobody (design §5). */
import { matchesSome } from '../pattern.ts';
import type { CallRules } from '../rules.ts';
import { hasNumberOfOurs, isRecordedCallingOut, showsExtension, sideOf } from './appearance.ts';
import type { Channel } from './channel.ts';
import type { Endpoint, KindFound, KindQuestion, KnownKind } from './channelKind.ts';
import { type ChannelName, isLocal, isMachine, isOfPhones, isTechnical } from './channelName.ts';
import type { Contacts } from './contacts.ts';
import { bySharedEndpoint, GUESSES, meetsTrunk } from './guessedKinds.ts';

/** What the rules and its own name tell of each channel; whatever else is said, it stays so. */
export function kindsByThemselves(
  channels: ReadonlyMap<string, Channel>,
  rules: CallRules,
): ReadonlyMap<string, KnownKind> {
  const kinds = new Map<string, KnownKind>();
  for (const channel of channels.values()) {
    const itself = byItself(channel, rules);
    if (itself) kinds.set(channel.uniqueid, { ...itself, isGuessed: false });
  }
  return kinds;
}

type About = {
  readonly contacts: Contacts;
  readonly rules: CallRules;
  /** what is known by themselves */
  readonly kinds: ReadonlyMap<string, KnownKind>;
};

export function channelKindsOf(
  channels: ReadonlyMap<string, Channel>,
  { contacts, rules, kinds }: About,
): ReadonlyMap<string, KnownKind> {
  if (kinds.size === channels.size) return kinds;
  const known = new Map(kinds);
  const endpoints = endpointsIn(channels);
  const questions = [...channels.values()].flatMap((channel): KindQuestion[] => {
    const { uniqueid, parsed: name } = channel;
    const same = name === null ? undefined : endpoints.get(endpointKey(name));
    if (known.has(uniqueid) || name === null || same === undefined) return [];
    return [{ channel, name, rules, channels, same, contacts, known }];
  });
  for (const step of STEPS) {
    for (const question of questions) {
      const { uniqueid } = question.channel;
      const kind = known.has(uniqueid) ? null : found(step, question);
      if (kind) known.set(uniqueid, kind);
    }
  }
  return known;
}

function endpointsIn(channels: ReadonlyMap<string, Channel>): ReadonlyMap<string, Endpoint> {
  const endpoints = new Map<string, { channels: Channel[] }>();
  for (const channel of channels.values()) {
    if (channel.parsed === null) continue;
    const key = endpointKey(channel.parsed);
    const known = endpoints.get(key);
    if (known) known.channels.push(channel);
    else endpoints.set(key, { channels: [channel] });
  }
  return endpoints;
}

function endpointKey({ technology, endpoint }: ChannelName): string {
  return `${technology}/${endpoint}`;
}

type Step = {
  readonly rule: string;
  readonly ask: (question: KindQuestion) => KindFound;
  readonly isGuess: (channel: Channel) => boolean;
};

/** After what is known of the same endpoint, asked in this order. What a name looks like is never asked. */
const STEPS: readonly Step[] = [
  { rule: 'heard_in_trunk_context', ask: byTrunkContext, isGuess: () => false },
  { rule: 'call_record', ask: byRecord, isGuess: () => false },
  // of what was heard to open a rule could know the context
  { rule: 'caller_number_is_endpoint', ask: byCallerNumber, isGuess: ({ opening }) => opening?.context != null },
  ...GUESSES.map(([rule, ask]) => ({ rule, ask, isGuess: () => true })),
];

function found({ rule, ask, isGuess }: Step, question: KindQuestion): KnownKind | null {
  const shared = bySharedEndpoint(question);
  if (shared) return { kind: shared, rule: 'number_at_shared_endpoint', isGuessed: true };
  const same = byEndpoint(question);
  const kind = same?.kind ?? ask(question);
  if (kind === null) return null;
  const isGuessed = same?.isGuessed ?? (kind !== 'other' && isGuess(question.channel));
  const isPerson = kind !== 'extension' || isOfPhones(question.name) || hasNumberOfOurs(question);
  if (!isPerson) return { kind: 'machine', rule: 'unknown_technology', isGuessed };
  return { kind, rule: same ? 'same_endpoint' : rule, isGuessed };
}

function byItself(channel: Channel, rules: CallRules): Omit<KnownKind, 'isGuessed'> | null {
  const { parsed, opening } = channel;
  if (parsed === null) return { kind: 'other', rule: 'no_name' };
  if (isLocal(parsed)) return { kind: 'local', rule: 'local_channel' };
  if (isTechnical(parsed)) return { kind: 'other', rule: 'technical_channel' };
  if (isMachine(parsed)) return { kind: 'machine', rule: 'machine_channel' };
  const { machine_names, trunk_names, shared_endpoints, trunk_contexts, internal_contexts } = rules;
  if (matchesSome(machine_names, parsed.endpoint)) return { kind: 'machine', rule: 'machine_name' };
  if (matchesSome(trunk_names, parsed.endpoint)) return { kind: 'trunk', rule: 'trunk_name' };
  if (matchesSome(shared_endpoints, parsed.endpoint)) {
    const isInside = sideOf({ channel, name: parsed, rules }) === 'inside';
    return { kind: isInside ? 'extension' : 'trunk', rule: 'shared_endpoint' };
  }
  if (opening?.context == null) return null;
  if (matchesSome(trunk_contexts, opening.context)) return { kind: 'trunk', rule: 'opened_in_trunk_context' };
  if (matchesSome(internal_contexts, opening.context)) return { kind: 'extension', rule: 'opened_in_internal_context' };
  return null;
}

function byEndpoint({ same, known }: KindQuestion): KnownKind | null {
  for (const other of same.channels) {
    const its = known.get(other.uniqueid);
    if (its?.kind === 'trunk' || its?.kind === 'extension') return its;
  }
  return null;
}

function byTrunkContext({ channel, rules }: KindQuestion): KindFound {
  return [...channel.contexts].some((context) => matchesSome(rules.trunk_contexts, context)) ? 'trunk' : null;
}

/**
 * A record tells where the dialplan of its channel was, and that of a trunk which was redirected is where our phones are.
 * So what nobody heard open is a phone there only if it shows an extension, or has to do with the outside.
 */
function byRecord(question: KindQuestion): KindFound {
  const { channel, rules } = question;
  const contexts = channel.records.flatMap(({ destinationContext }) => destinationContext ?? []);
  if (contexts.some((context) => matchesSome(rules.trunk_contexts, context))) return 'trunk';
  if (!contexts.some((context) => matchesSome(rules.internal_contexts, context))) return null;
  const wasHeardLate = channel.opening === null && channel.lastHeard !== null;
  const isPhone = !wasHeardLate || showsExtension(question) || isRecordedCallingOut(question) || meetsTrunk(question);
  return isPhone ? 'extension' : null;
}

function byCallerNumber({ channel, name }: KindQuestion): KindFound {
  return channel.callerNumbers.has(name.endpoint) ? 'extension' : null;
}
