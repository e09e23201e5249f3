/** What a channel leads to: a trunk to the outside, a phone inside, or nobody (design §5). */
import { matchesGlob } from '../pattern.ts';
import type { PbxRules } from '../rules.ts';
import type { Channel } from './channel.ts';
import { type ChannelName, isLocal, isTechnical } from './channelName.ts';
import type { Contact } from './contacts.ts';

export type ChannelKind = 'trunk' | 'extension' | 'local' | 'other';
export type KnownKind = { readonly kind: ChannelKind; readonly rule: string };

type Question = {
  readonly channel: Channel;
  readonly name: ChannelName;
  readonly rules: PbxRules;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly contacts: readonly Contact[];
  /** what is known so far */
  readonly known: ReadonlyMap<string, KnownKind>;
};

export function channelKindsOf(
  channels: ReadonlyMap<string, Channel>,
  contacts: readonly Contact[],
  rules: PbxRules,
): ReadonlyMap<string, KnownKind> {
  const known = new Map<string, KnownKind>();
  for (const channel of channels.values()) {
    const itself = byItself(channel, rules);
    if (itself) known.set(channel.uniqueid, itself);
  }
  for (const [rule, ask] of RULES) {
    for (const channel of channels.values()) {
      if (known.has(channel.uniqueid) || channel.parsed === null) continue;
      const question: Question = { channel, name: channel.parsed, rules, channels, contacts, known };
      const same = byEndpoint(question);
      const kind = same ?? ask(question);
      if (kind) known.set(channel.uniqueid, { kind, rule: same ? 'same_endpoint' : rule });
    }
  }
  return known;
}

type KindFound = 'trunk' | 'extension' | null;

/** After what is known of the same endpoint, asked in this order. What a name looks like is never asked. */
const RULES: readonly (readonly [string, (question: Question) => KindFound])[] = [
  ['heard_in_trunk_context', byTrunkContext],
  ['call_record', byRecord],
  ['caller_number_is_endpoint', byCallerNumber],
  ['far_end', byFarEnd],
];

function byItself({ parsed, opening }: Channel, rules: PbxRules): KnownKind | null {
  if (parsed === null) return { kind: 'other', rule: 'no_name' };
  if (isLocal(parsed)) return { kind: 'local', rule: 'local_channel' };
  if (isTechnical(parsed)) return { kind: 'other', rule: 'technical_channel' };
  if (some(rules.trunk_names, parsed.endpoint)) return { kind: 'trunk', rule: 'trunk_name' };
  if (opening?.context == null) return null;
  if (some(rules.trunk_contexts, opening.context)) return { kind: 'trunk', rule: 'opened_in_trunk_context' };
  if (some(rules.internal_contexts, opening.context)) {
    return { kind: 'extension', rule: 'opened_in_internal_context' };
  }
  return null;
}

function byEndpoint({ name, channels, known }: Question): KindFound {
  for (const other of channels.values()) {
    const kind = known.get(other.uniqueid)?.kind;
    const same = other.parsed?.technology === name.technology && other.parsed.endpoint === name.endpoint;
    if (same && (kind === 'trunk' || kind === 'extension')) return kind;
  }
  return null;
}

function byTrunkContext({ channel, rules }: Question): KindFound {
  return [...channel.contexts].some((context) => some(rules.trunk_contexts, context)) ? 'trunk' : null;
}

function byRecord({ channel, rules }: Question): KindFound {
  const contexts = channel.records.flatMap(({ destinationContext }) => destinationContext ?? []);
  if (contexts.some((context) => some(rules.trunk_contexts, context))) return 'trunk';
  return contexts.some((context) => some(rules.internal_contexts, context)) ? 'extension' : null;
}

function byCallerNumber({ channel, name }: Question): KindFound {
  return channel.callerNumbers.has(name.endpoint) ? 'extension' : null;
}

/** What nothing else tells is a trunk, unless a trunk is at the other end: of its bridge, its dialling, its connected line. */
function byFarEnd({ channel, channels, contacts, known }: Question): KindFound {
  const isTrunk = (uniqueid: string) => known.get(uniqueid)?.kind === 'trunk';
  const connected = contacts
    .filter(({ channels: both }) => both.includes(channel.uniqueid))
    .map(({ channels: [a, b] }) => (a === channel.uniqueid ? b : a));
  const dialled = [...channels.values()].filter(
    (other) => other.dialling?.by === channel.uniqueid || mirror(channel, other),
  );
  return [...connected, ...dialled.map(({ uniqueid }) => uniqueid)].some(isTrunk) ? 'extension' : 'trunk';
}

/** Each shows the other's number as the one it is connected to. */
function mirror(a: Channel, b: Channel): boolean {
  const shows = (one: Channel, other: Channel) => [...one.connectedNumbers].some((n) => other.callerNumbers.has(n));
  return a !== b && shows(a, b) && shows(b, a);
}

function some(globs: readonly string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(glob, text));
}
