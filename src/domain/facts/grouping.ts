/** Which facts are one call (design §5). */
import { type BridgeView, type ChannelView, type Fact, inOrder, viewIn } from './fact.ts';

/** Facts that name several channels of one call; elsewhere (a supervisor listening in …) only one is meant. */
const JOINING: ReadonlySet<string> = new Set([
  'DialBegan',
  'DialProgressed',
  'DialEnded',
  'CallBlindTransferred',
  'CallAttendedTransferred',
  'LocalChannelsBridged',
  'LocalOptimizationBegan',
  'LocalOptimizationEnded',
  'CallPickedUp',
  'CallParked',
  'CallUnparked',
  'ParkedCallGivenUp',
  'ParkedCallTimedOut',
  'AgentCalled',
  'AgentConnected',
  'AgentCompleted',
  'AgentRangWithoutAnswer',
]);

/** Only those who share a bridge of this type are one call. */
const CALL_BRIDGE = 'basic';

/** Nobody meets in parking lots and waiting rooms. */
export function isHolding(bridge: BridgeView): boolean {
  return bridge.technology === 'holding_bridge' || bridge.type === 'holding' || bridge.type === 'parking';
}

/**
 * The keys that this one fact proves to belong to one call: uniqueids and linkedids (a Linkedid is the Uniqueid of a
 * channel), and `bridge:<id>` for basic bridges. Empty when the fact names no call.
 */
export function callKeysOf(fact: Fact): readonly string[] {
  return keysOfCall(fact);
}

function keysOfCall(fact: Fact): string[] {
  const keys: string[] = [];
  for (const channel of channelsMeant(fact)) {
    addNew(keys, channel.uniqueid);
    if (channel.linkedid !== null) addNew(keys, channel.linkedid);
  }
  if (wasRefused(fact)) return keys;
  for (const bridge of fact.bridges) if (bridge.type === CALL_BRIDGE) addNew(keys, bridgeKey(bridge));
  return keys;
}

/**
 * The keys of everything that has to be folded together: `callKeysOf`, and the conferences where calls meet that stay
 * calls of their own. Whoever stores them joins two groups that share a key.
 */
export function keysOf(fact: Fact): readonly string[] {
  const keys = keysOfCall(fact);
  for (const bridge of fact.bridges) {
    if (bridge.type !== CALL_BRIDGE && !isHolding(bridge)) addNew(keys, bridgeKey(bridge));
  }
  return keys;
}

/** A fact has a handful of keys: they are compared sooner than hashed. */
function addNew(keys: string[], key: string): void {
  if (!keys.includes(key)) keys.push(key);
}

function bridgeKey(bridge: BridgeView): string {
  return `bridge:${bridge.id}`;
}

/** The channels of a fact that belong to its call. */
export function channelsMeant(fact: Fact): readonly ChannelView[] {
  if (JOINING.has(fact.type) && !wasRefused(fact)) return fact.channels;
  const subject = viewIn(fact, 'subject');
  return subject ? [subject] : fact.channels.slice(0, 1);
}

/** A transfer that did not take place brings nobody together. */
function wasRefused({ result }: Fact): boolean {
  return result !== null && result !== 'Success';
}

/** The facts that have to be folded together, each group in order; facts that name no call are left out. */
export function groupFacts(facts: readonly Fact[]): Fact[][] {
  return ofEachPbx(inOrder(facts)).flatMap((its) => groupBy(its, keysOf));
}

/** The facts of each call of a group. */
export function callsOf(group: readonly Fact[]): Fact[][] {
  return groupBy(group, callKeysOf);
}

/** Facts in order are those of one PBX after those of another. */
function ofEachPbx(facts: readonly Fact[]): Fact[][] {
  const parts: Fact[][] = [];
  let last: Fact | undefined;
  for (const fact of facts) {
    if (last?.pbx !== fact.pbx) parts.push([]);
    parts.at(-1)?.push(fact);
    last = fact;
  }
  return parts;
}

function groupBy(facts: readonly Fact[], keysOfFact: (fact: Fact) => readonly string[]): Fact[][] {
  return [...bySet(joined(facts, keysOfFact)).values()];
}

/**
 * Nothing may follow the loop: V8 compiles it while it goes through a whole recording for the first time, knows nothing of
 * what comes after it, and falls back there at each of the thousands of calls that follow (Node 20).
 */
function bySet(facts: readonly Joined[]): ReadonlyMap<Member, Fact[]> {
  const groups = new Map<Member, Fact[]>();
  for (const { fact, member } of facts) {
    const root = rootOf(member);
    const group = groups.get(root);
    if (group) group.push(fact);
    else groups.set(root, [fact]);
  }
  return groups;
}

type Joined = { readonly fact: Fact; readonly member: Member };

/** Those that have keys, all sets joined. */
function joined(facts: readonly Fact[], keysOfFact: (fact: Fact) => readonly string[]): Joined[] {
  const members = new Map<string, Member>();
  const named: Joined[] = [];
  for (const fact of facts) {
    let first: Member | undefined;
    for (const key of keysOfFact(fact)) {
      const member = memberOf(key, members);
      if (first === undefined) first = member;
      else join(first, member);
    }
    if (first !== undefined) named.push({ fact, member: first });
  }
  return named;
}

/** Of a set that is named by its root. */
type Member = { parent: Member | null };

function memberOf(key: string, members: Map<string, Member>): Member {
  const known = members.get(key);
  if (known) return known;
  const member = { parent: null };
  members.set(key, member);
  return member;
}

function rootOf(member: Member): Member {
  let root = member;
  while (root.parent !== null) root = root.parent;
  for (let at = member; at.parent !== null && at.parent !== root; ) {
    const next = at.parent;
    at.parent = root;
    at = next;
  }
  return root;
}

function join(a: Member, b: Member): void {
  const [rootA, rootB] = [rootOf(a), rootOf(b)];
  if (rootA !== rootB) rootB.parent = rootA;
}
