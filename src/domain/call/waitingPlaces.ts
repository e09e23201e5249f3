/** Where in the dialplan the outside party waited: a queue, a menu, an announcement, the PBX's voicemail. */

import type { Channel, Sighting } from '../channels/channel.ts';
import { matchesSome } from '../pattern.ts';
import type { CallRules } from '../rules.ts';
import type { Micros } from '../time.ts';
import { queueAt } from './queues.ts';
import type { TimedStretch } from './stretches.ts';

type Place = Pick<TimedStretch, 'what' | 'with'>;

/**
 * What the PBX says of steps is said by events of other things: that a channel was there, seldom when it came. Whoever is seen
 * in a place is there until it is seen elsewhere, but where it is seen in the next place only at some time later: then it is not
 * known when it left the first one. A talk ends every wait. `talks` in order.
 */
export function waitingPlaces(party: Channel, talks: readonly TimedStretch[], rules: CallRules): TimedStretch[] {
  const isTold = party.toldQueues.size > 0;
  const seen = visits(party.sightings, (step) => placeAt(step, isTold, rules)).filter(
    ({ from }) => !talks.some((talk) => isDuring(from, talk)),
  );
  const told = party.waits.map(({ queue, from, to }) => ({ what: 'queue' as const, with: queue, from, to }));
  return [...told, ...seen].flatMap((one) => untilTalk(one, talks));
}

/** A queue of which the PBX tells by itself is no step. */
function placeAt(step: Sighting, isTold: boolean, rules: CallRules): Place | null {
  const { context } = step;
  const queue = queueAt(step, rules);
  if (queue !== null) return isTold ? null : { what: 'queue', with: queue };
  if (matchesSome(rules.menu_contexts, context)) return { what: 'menu', with: context };
  if (matchesSome(rules.announcement_contexts, context)) return { what: 'announcement', with: context };
  return matchesSome(rules.voicemail_contexts, context) ? { what: 'voicemail', with: null } : null;
}

type Visit = {
  readonly place: Place | null;
  readonly from: Micros | null;
  to: Micros | null;
  readonly isArrival: boolean;
};

function visits(sightings: readonly Sighting[], placeOf: (step: Sighting) => Place | null): TimedStretch[] {
  const all: Visit[] = [];
  for (const step of sightings) {
    const place = placeOf(step);
    const last = all.at(-1);
    if (last?.place?.what === place?.what && last?.place?.with === place?.with && last) last.to = step.to;
    else all.push({ place, from: step.from, to: step.to, isArrival: step.isArrival });
  }
  return all.flatMap(({ place, from, to }, nth) => {
    if (place === null) return [];
    const next = all[nth + 1];
    const isSure = next === undefined || next.place === null || next.isArrival;
    return [{ ...place, from, to: isSure ? (next?.from ?? null) : to }];
  });
}

/** Hanging up shows the step from which the talk began; it comes this soon after the talk. */
const SOON = 1_000_000;

function isDuring(time: Micros | null, { from, to }: TimedStretch): boolean {
  return time !== null && (from === null || time >= from) && (to === null || time <= to + SOON);
}

function untilTalk(one: TimedStretch, talks: readonly TimedStretch[]): TimedStretch[] {
  const talk = talks.find(({ from }) => from !== null && one.from !== null && from >= one.from);
  if (talk?.from == null) return [one];
  return [{ ...one, to: one.to === null || one.to > talk.from ? talk.from : one.to }];
}
