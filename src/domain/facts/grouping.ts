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
  const keys = [...callKeysOf(fact)];
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
  return groupBy(inOrder(facts), (fact) => keysOf(fact).map((key) => `${fact.pbx} ${key}`));
}

/** The facts of each call of a group. */
export function callsOf(group: readonly Fact[]): Fact[][] {
  return groupBy(group, callKeysOf);
}

function groupBy(facts: readonly Fact[], keysOfFact: (fact: Fact) => readonly string[]): Fact[][] {
  const sets = new DisjointSets();
  const named: { fact: Fact; key: string }[] = [];
  for (const fact of facts) {
    const [first, ...others] = keysOfFact(fact);
    if (first === undefined) continue;
    for (const other of others) sets.join(first, other);
    named.push({ fact, key: first });
  }
  const groups = new Map<string, Fact[]>();
  for (const { fact, key } of named) {
    const root = sets.rootOf(key);
    const group = groups.get(root);
    if (group) group.push(fact);
    else groups.set(root, [fact]);
  }
  return [...groups.values()];
}

class DisjointSets {
  readonly #parent = new Map<string, string>();

  rootOf(key: string): string {
    let root = key;
    for (let parent = this.#parent.get(root); parent !== undefined; parent = this.#parent.get(root)) root = parent;
    for (let at = key; at !== root; ) {
      const next = this.#parent.get(at) ?? root;
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: string, b: string): void {
    const rootA = this.rootOf(a);
    const rootB = this.rootOf(b);
    if (rootA !== rootB) this.#parent.set(rootB, rootA);
  }
}
