import { type Channel, dialledOn, endpointOf, originOf } from './channel.ts';
import type { KnownKind } from './channelKind.ts';

/** Numbers at which several phones are called: of a queue, of a group, and what a caller outside has dialled. */
export function sharedNumbersOf(
  channels: ReadonlyMap<string, Channel>,
  kinds: ReadonlyMap<string, KnownKind>,
): ReadonlySet<string> {
  const shared = new Set<string>();
  const endpoints = new Map<string, Set<string>>();
  for (const channel of channels.values()) {
    const { queue, callerNumbers, uniqueid } = channel;
    const kind = kinds.get(uniqueid)?.kind;
    if (queue !== null) shared.add(queue);
    if (kind === 'trunk' && originOf(channel).cameIn) shared.add(dialledOn(channel) ?? '');
    if (kind !== 'extension' || originOf(channel).cameIn) continue;
    for (const number of callerNumbers) {
      endpoints.set(number, (endpoints.get(number) ?? new Set()).add(endpointOf(channel)));
    }
  }
  for (const [number, its] of endpoints) if (its.size > 1 && !its.has(number)) shared.add(number);
  return shared;
}
