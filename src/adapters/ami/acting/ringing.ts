import { type Channel, CLEARED, NO_CAUSE, NOT_ANSWERED, type Place } from './channel.ts';
import type { Phone, Ringing } from './scene.ts';
import type { Stage } from './stage.ts';

/** A call under way: it says how many seconds pass before it goes on. */
export type Act<T = void> = Generator<number, T>;

/** Who rings which phones, and where in the dialplan it is meanwhile. */
export type Dialling = { readonly from: Channel; readonly phones: readonly Phone[]; readonly at: Place };

/** FreePBX first counts, then dials. */
const BEFORE_DIALLING = 0.05;

/** What FreePBX dials to reach a phone. */
export const contactOf = ({ extension }: Phone) => `${extension}/sip:${extension}@10.0.0.${extension}:5060`;

/** Begins to ring phones, and returns their channels in the same order. */
export function* ring(stage: Stage, { from, phones, at }: Dialling): Act<Channel[]> {
  yield BEFORE_DIALLING;
  const [, dialled] = at;
  const channels = phones.map((phone) => {
    const place: Place = ['from-internal', 's'];
    const opening = { state: 0, place, number: phone.extension, callerName: phone.name, of: from } as const;
    const channel = stage.open(phone.extension, opening);
    channel.place = ['from-internal', dialled];
    stage.connectedLine(channel, from.number, from.callerName);
    return channel;
  });
  from.place = at;
  for (const [index, phone] of phones.entries()) {
    const channel = channels[index];
    if (channel === undefined) continue;
    channel.place = ['func-apply-sipheaders', 's', 10];
    stage.dialBegin(from, channel, contactOf(phone));
    channel.place = ['from-internal', dialled];
  }
  for (const channel of channels) {
    stage.state(channel, 5);
    stage.dialRings(from, channel);
  }
  return channels;
}

/** One of the phones that ring is picked up; the others stop. */
export function pickUp(stage: Stage, from: Channel, channels: readonly Channel[], picked: Channel): void {
  stage.answer(picked);
  const others = channels.filter((channel) => channel !== picked);
  for (const other of others) stage.dialEnd(from, other, 'CANCEL');
  for (const other of others) stage.hangup(other, NOT_ANSWERED, 480);
  picked.place = ['from-internal', ''];
  stage.dialEnd(from, picked, 'ANSWER');
  if (from.state !== 6) stage.answer(from);
}

/** Nobody picked up for as long as FreePBX lets phones ring. */
export function letRingOut(stage: Stage, from: Channel, channels: readonly Channel[]): void {
  for (const channel of channels) stage.dialEnd(from, channel, 'NOANSWER');
  for (const channel of channels) stage.hangup(channel, NO_CAUSE);
}

/** Who rang gave up; the phones stop. */
export function stopRinging(stage: Stage, from: Channel, channels: readonly Channel[]): void {
  for (const channel of channels) stage.dialEnd(from, channel, 'CANCEL');
  for (const channel of channels) stage.hangup(channel, CLEARED);
}

/** The channel of a phone among those that ring. Throws when it does not ring: nobody can pick that one up. */
export function channelOf(phone: Phone, { phones }: Pick<Ringing, 'phones'>, channels: readonly Channel[]): Channel {
  const channel = channels[phones.findIndex(({ extension }) => extension === phone.extension)];
  if (channel === undefined) throw new Error('a phone that does not ring cannot be picked up');
  return channel;
}
