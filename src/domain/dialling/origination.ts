/** The call that a phone system is asked to begin: who is rung first, and what is dialled when they answer. */
import { z } from 'zod';
import { holds, type Line } from '../directory/directory.ts';
import type { ClickToCall } from '../settings.ts';
import type { Micros } from '../time.ts';

/** As it goes to the phone system. Whatever is written there by hand or by a person has passed these patterns. */
export const originationSchema = z.object({
  channel: z.string().regex(/^[A-Za-z0-9]+\/[A-Za-z0-9_*#.-]{1,64}(?:@[A-Za-z0-9_-]{1,79})?$/),
  context: z.string().regex(/^[A-Za-z0-9_-]{1,79}$/),
  dialled: z.string().regex(/^[0-9+*#]{1,40}$/),
  callerId: z
    .string()
    .regex(/^[A-Za-z0-9_*#.-]{1,64}$/)
    .nullable(),
  timeoutSeconds: z.int().min(1).max(120),
  /** ids that we choose, so that the call which comes of it is known for certain */
  channelId: z.string().regex(/^\d{1,11}\.\d{1,15}$/),
  otherChannelId: z.string().regex(/^\d{1,11}\.\d{1,15}$/),
});
export type Origination = z.infer<typeof originationSchema>;

/** What may be called as an extension: nothing in it may end the name of a channel or begin another. */
const EXTENSION = /^[A-Za-z0-9_*#.-]{1,64}$/;

/** The phones that are somebody's at that time, in the order of the directory. */
export function phonesAt(lines: readonly Line[], at: Micros): readonly Line[] {
  return lines.filter((line) => EXTENSION.test(line.extension) && holds(line, at));
}

/** `serial`: below 10^12, such that no other call of the same second has it. */
export function originationOf(
  { extension, dialled }: { readonly extension: string; readonly dialled: string },
  { channel, context, caller_id, timeout_seconds }: ClickToCall,
  { at, serial }: { readonly at: Micros; readonly serial: number },
): Origination {
  const second = Math.floor(at / 1_000_000);
  return {
    channel: channel.replace('{extension}', () => extension),
    context,
    dialled,
    callerId: caller_id === 'extension' ? extension : null,
    timeoutSeconds: timeout_seconds,
    // as Asterisk itself counts, far beyond where its own counter ever comes
    channelId: `${second}.${COUNTED_FROM + 2 * serial}`,
    otherChannelId: `${second}.${COUNTED_FROM + 2 * serial + 1}`,
  };
}

const COUNTED_FROM = 100_000_000_000_000;
export const MAX_SERIAL = 10 ** 12;
