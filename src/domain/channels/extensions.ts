/** Who a channel is, inside: what the PBX says, not what its endpoint is called. */
import { isExtension } from '../pattern.ts';
import { type Channel, endpointOf } from './channel.ts';
import { isLocal } from './channelName.ts';
import type { Group } from './group.ts';

/**
 * Its own number where that is one of our extensions and nobody else's (a click-to-call phone shows the customer's, a ring
 * group's phone the group's), else what was dialled to reach it, else its endpoint: a browser's `99101`, port 7 and the device
 * at which somebody logged in are the extension that they show.
 */
export function extensionOf(group: Group, channel: Channel): string {
  const endpoint = endpointOf(channel);
  const own = ownNumbers(channel);
  const isOwn = (number: string) => isOurs(group, number) && !group.sharedNumbers.has(number);
  if (isOurs(group, endpoint) && own.includes(endpoint)) return endpoint;
  return own.find(isOwn) ?? dialledNumbers(group, channel).find(isOwn) ?? endpoint;
}

function isOurs({ rules }: Group, number: string): boolean {
  return isExtension(number, rules.extension_patterns);
}

/** What it showed, in order. */
function ownNumbers({ opening, callerNumbers }: Channel): string[] {
  return [...(opening?.callerNumber == null ? [] : [opening.callerNumber]), ...callerNumbers];
}

/** `202/sip:202@…` → `202`; of a phone behind `Local/103@from-queue` also `103`. */
function dialledNumbers({ channels }: Group, { dialling }: Channel): string[] {
  const by = dialling?.by == null ? null : (channels.get(dialling.by)?.parsed ?? null);
  const local = by !== null && isLocal(by) ? [by.endpoint] : [];
  const parts = [...(dialling?.dialString?.split('/') ?? []), ...local];
  return parts.map((part) => /^(?:sips?:)?([^@;]*)/.exec(part)?.[1] ?? '');
}
