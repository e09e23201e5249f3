/** Which facts are one call (design §5). */
import type { ChannelView, Fact, Role } from './facts.ts';
import { inOrder } from './facts.ts';

/** Facts that name several channels of one call; elsewhere (a supervisor listening in …) only the subject is meant. */
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

/** Strangers meet in conferences and holding bridges; only those who share a bridge of this type are one call. */
const JOINING_BRIDGE = 'basic';

/**
 * The keys that this one fact proves to belong to one call: uniqueids and linkedids (a Linkedid is the Uniqueid of a
 * channel), and `bridge:<id>` for basic bridges. Empty when the fact names no call. Whoever stores them joins two calls
 * that share a key.
 */
export function keysOf(fact: Fact): readonly string[] {
  const keys = new Set<string>();
  for (const channel of meant(fact)) {
    keys.add(channel.uniqueid);
    if (channel.linkedid !== null) keys.add(channel.linkedid);
  }
  for (const bridge of fact.bridges) if (bridge.type === JOINING_BRIDGE) keys.add(`bridge:${bridge.id}`);
  return [...keys];
}

function meant(fact: Fact): readonly ChannelView[] {
  if (JOINING.has(fact.type)) return fact.channels;
  const role: Role = 'subject';
  const subject = fact.channels.find((channel) => channel.role === role);
  return subject ? [subject] : fact.channels.slice(0, 1);
}

/** The facts of each call, each in order; facts that name no call are left out. */
export function groupFacts(facts: readonly Fact[]): Fact[][] {
  const sets = new DisjointSets();
  const named: { fact: Fact; key: string }[] = [];
  for (const fact of inOrder(facts)) {
    const [first, ...others] = keysOf(fact).map((key) => `${fact.pbx} ${key}`);
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
