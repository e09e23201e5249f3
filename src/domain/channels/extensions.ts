/** Who a channel is, inside: what the PBX says, not what its endpoint is called. */
import { isExtension } from '../pattern.ts';
import type { CallRules } from '../rules.ts';
import { type Channel, endpointOf } from './channel.ts';
import type { KnownKind } from './channelKind.ts';
import { isLocal } from './channelName.ts';

type About = {
  readonly rules: CallRules;
  /** that are no phone's own */
  readonly sharedNumbers: ReadonlySet<string>;
};
type Known = About & { readonly channelKinds: ReadonlyMap<string, KnownKind> };

/** Who each phone is, by uniqueid. */
export function extensionsOf(channels: ReadonlyMap<string, Channel>, known: Known): ReadonlyMap<string, string> {
  const extensions = new Map<string, string>();
  for (const channel of channels.values()) {
    const { uniqueid } = channel;
    if (known.channelKinds.get(uniqueid)?.kind !== 'extension') continue;
    extensions.set(uniqueid, extensionOf(channel, channels, known));
  }
  return extensions;
}

/**
 * Its own number where that is one of our extensions and nobody else's (a click-to-call phone shows the customer's, a ring
 * group's phone the group's), else what was dialled to reach it, else its endpoint: a browser's `99101`, port 7 and the device
 * at which somebody logged in are the extension that they show.
 */
function extensionOf(
  channel: Channel,
  channels: ReadonlyMap<string, Channel>,
  { rules: { extension_patterns }, sharedNumbers }: About,
): string {
  const endpoint = endpointOf(channel);
  const own = ownNumbers(channel);
  const isOurs = (number: string) => isExtension(number, extension_patterns);
  const isOwn = (number: string) => isOurs(number) && !sharedNumbers.has(number);
  if (isOurs(endpoint) && own.includes(endpoint)) return endpoint;
  return own.find(isOwn) ?? dialledNumbers(channel, channels).find(isOwn) ?? endpoint;
}

/** What it showed, in order. */
function ownNumbers({ opening, callerNumbers }: Channel): string[] {
  return [...(opening?.callerNumber == null ? [] : [opening.callerNumber]), ...callerNumbers];
}

/** `202/sip:202@…` → `202`; of a phone behind `Local/103@from-queue` also `103`. */
function dialledNumbers({ dialling }: Channel, channels: ReadonlyMap<string, Channel>): string[] {
  const by = dialling?.by == null ? null : (channels.get(dialling.by)?.parsed ?? null);
  const local = by !== null && isLocal(by) ? [by.endpoint] : [];
  const parts = [...(dialling?.dialString?.split('/') ?? []), ...local];
  return parts.map((part) => /^(?:sips?:)?([^@;]*)/.exec(part)?.[1] ?? '');
}
