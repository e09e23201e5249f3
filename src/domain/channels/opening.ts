/** As what a channel was opened: its Newchannel, and what was known of it a moment later. */
import type { ChannelView, Fact } from '../facts/fact.ts';
import { type Place, placeOf } from '../facts/hearing.ts';
import type { Micros } from '../time.ts';

/** AMI's ChannelState. */
export const STATE = { down: 0, ring: 4, ringing: 5, up: 6 } as const;

export type Opening = {
  readonly place: Place;
  readonly at: Micros | null;
  readonly isLate: boolean;
  readonly state: number | null;
  readonly linkedid: string | null;
  readonly context: string | null;
  readonly exten: string | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  /** its dialplan runs: what was dialled is known */
  readonly hasBegun: boolean;
};

export function openingOf(fact: Fact, view: ChannelView): Opening {
  const { at, isLate } = fact;
  const { state, linkedid, context, exten, callerNumber, callerName } = view;
  const what = { state, linkedid, context, exten, callerNumber, callerName };
  return { place: placeOf(fact), at, isLate, ...what, hasBegun: hasBegunIn(view) };
}

/**
 * The opening with what a later fact shows, as long as the dialplan has not moved on from where the channel was opened: on an
 * analog line the caller's number comes with the second ring, and digits one by one. What the dialplan then makes of a
 * number is not what was presented.
 */
export function withWhatCame(opening: Opening, view: ChannelView): Opening {
  if (view.context !== opening.context || (view.priority ?? 1) !== 1) return opening;
  const isNumberNew = opening.callerNumber === null && view.callerNumber !== null;
  return {
    ...opening,
    exten: isDialledFurther(opening, view) ? view.exten : opening.exten,
    ...(isNumberNew ? { callerNumber: view.callerNumber, callerName: opening.callerName ?? view.callerName } : {}),
    hasBegun: opening.hasBegun || hasBegunIn(view),
  };
}

function isDialledFurther({ exten, hasBegun }: Opening, view: ChannelView): boolean {
  if (view.exten === null) return false;
  return exten === null || !hasBegun || (view.exten.startsWith(exten) && DIGITS.test(view.exten));
}

const DIGITS = /^\+?[0-9*#]+$/;

function hasBegunIn({ state }: ChannelView): boolean {
  return state === STATE.ring || state === STATE.up;
}
