/** The way of the outside party through the call: what is known of each moment, and no more. */

import { agreedTime, type Bounds } from '../channels/bounds.ts';
import { type Channel, endpointOf, originOf } from '../channels/channel.ts';
import { otherIn } from '../channels/contacts.ts';
import { type Group, kindIn } from '../channels/group.ts';
import type { Endings } from '../channels/liveness.ts';
import { matchesSome } from '../pattern.ts';
import { earlier, later, type Micros } from '../time.ts';
import type { CallToLog } from './callsToLog.ts';
import { goneOn } from './conversations.ts';
import type { Decisions } from './decisions.ts';
import { during, layered, type TimedStretch, within, without } from './stretches.ts';
import { waitingPlaces } from './waitingPlaces.ts';

/** One whom the outside party spoke with; `uniqueid` null: the channel was never heard. */
type Talk = TimedStretch & { readonly what: 'talk'; readonly uniqueid: string | null };

/** `decisions`: of this call. */
export function courseOf(call: CallToLog, decisions: Decisions, group: Group, endings: Endings): TimedStretch[] {
  const { party } = call;
  const { times } = decisions;
  const talks = talksOf(call, decisions, group, endings);
  const holds = talks.flatMap((talk) => holdsIn(talk, party, group));
  const spoken = talks.flatMap((talk) => without(talk, holdsIn(talk, party, group)));
  const whole = { from: times.ringsFrom ?? firstSeen(party), to: times.endedAt };
  const spoke = [spoken, [...holds, ...talks.flatMap((talk) => waitAfter(talk, party, group, endings))]];
  const others = [
    parkingsOf(call, group),
    party.conferences.map(({ from, to }): TimedStretch => ({ what: 'conference', with: null, from, to })),
    machinesOf(party, group),
    voicemailOf(party, decisions, group),
    waitingPlaces(
      party,
      talks.toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0)),
      group.rules,
    ),
    ringsOf(call, group, endings),
    answeredOf(party),
  ];
  // when a talk began that nobody heard begin is not known
  const ended = { from: null, to: whole.to };
  return withoutBlinks(
    layered([...spoke.map((layer) => within(layer, ended)), ...others.map((layer) => within(layer, whole))]),
  );
}

/** What both tell; where they tell of other stretches it is known only who spoke. */
export function agreedCourse(
  { early, late }: Bounds<readonly TimedStretch[]>,
  segments: readonly { readonly party: string; readonly from: Micros | null; readonly to: Micros | null }[],
): TimedStretch[] {
  const isSame =
    early.length === late.length &&
    late.every((one, nth) => one.what === early[nth]?.what && one.with === early[nth]?.with);
  if (!isSame) return layered([segments.map(({ party, from, to }) => ({ what: 'talk', with: party, from, to }))]);
  const agreed = (nth: number, end: 'from' | 'to') =>
    agreedTime({ early: early[nth]?.[end] ?? null, late: late[nth]?.[end] ?? null });
  return late.map((one, nth) => ({ ...one, from: agreed(nth, 'from'), to: agreed(nth, 'to') }));
}

/** The conversations that count, and those with others outside whom it was put through to. */
function talksOf({ party, conversations }: CallToLog, { talks }: Decisions, group: Group, endings: Endings): Talk[] {
  const told = new Set(conversations.map(({ uniqueid }) => uniqueid));
  const ended = (to: Micros | null, uniqueid: string | null) => to ?? endings.get(uniqueid ?? '')?.at ?? null;
  const others = group.contacts.of(party.uniqueid).flatMap((contact): Talk[] => {
    const uniqueid = otherIn(contact, party.uniqueid);
    if (kindIn(group, uniqueid) !== 'trunk' || told.has(uniqueid)) return [];
    return [{ what: 'talk', with: null, from: contact.from, to: ended(contact.to, uniqueid), uniqueid }];
  });
  return [
    ...goneOn(talks).map(({ party: person, answeredAt, to, uniqueid }): Talk => {
      return { what: 'talk', with: person, from: answeredAt, to: ended(to, uniqueid), uniqueid };
    }),
    ...others,
  ];
}

/** Either of the two can keep the other waiting. */
function holdsIn(talk: Talk, party: Channel, { channels }: Group): TimedStretch[] {
  const person = talk.uniqueid === null ? undefined : channels.get(talk.uniqueid);
  const holds = [...(person?.holds ?? []), ...party.holds];
  return during(
    talk,
    holds.map(({ from, to }) => ({ what: 'hold', with: talk.with, from, to })),
  );
}

/** Whoever has turned to another keeps it waiting in the bridge of their talk, as long as that one is there (`talkEndOf`). */
function waitAfter(
  { with: person, to, uniqueid }: Talk,
  party: Channel,
  group: Group,
  endings: Endings,
): TimedStretch[] {
  if (to === null || uniqueid === null) return [];
  const moves = group.movements.get(party.uniqueid) ?? [];
  const left = moves.find(({ at }) => at !== null && at >= to)?.at ?? null;
  const until = earlier(left, endings.get(uniqueid)?.at ?? null);
  return until === null || until - to <= BLINK ? [] : [{ what: 'hold', with: person, from: to, to: until }];
}

/** It itself, or the Local channel by which it was with who parked it. */
function parkingsOf({ party, members }: CallToLog, group: Group): TimedStretch[] {
  const locals = members.filter(({ uniqueid }) => kindIn(group, uniqueid) === 'local');
  return [party, ...locals].flatMap(({ parkings }) =>
    parkings.map(({ from, to }): TimedStretch => ({ what: 'parked', with: null, from, to })),
  );
}

function machinesOf({ uniqueid }: Channel, group: Group): TimedStretch[] {
  return group.contacts.of(uniqueid).flatMap((contact): TimedStretch[] => {
    const other = group.channels.get(otherIn(contact, uniqueid));
    if (!other || kindIn(group, other.uniqueid) !== 'machine') return [];
    return [{ what: 'machine', with: endpointOf(other), from: contact.from, to: contact.to }];
  });
}

/** From when voicemail took it, and not before it was last seen anywhere else. */
function voicemailOf(party: Channel, { outcome, times }: Decisions, { rules }: Group): TimedStretch[] {
  if (outcome.outcome !== 'voicemail') return [];
  const isVoicemail = ({ context }: { readonly context: string }) => matchesSome(rules.voicemail_contexts, context);
  const first = party.sightings.findIndex(isVoicemail);
  const elsewhere = first < 0 ? null : (party.sightings[first - 1]?.to ?? null);
  const record = party.records.find(({ lastApplication }) => lastApplication?.toLowerCase() === 'voicemail');
  const mailbox = record?.lastData?.split(/[@,&|]/, 1)[0] || null;
  return [{ what: 'voicemail', with: mailbox, from: later(times.ringsUntil, elsewhere), to: null }];
}

/** When phones were rung for it; one that somebody inside consults rings for that one, as long as that one is there. */
function ringsOf({ members, party }: CallToLog, group: Group, endings: Endings): TimedStretch[] {
  return members.flatMap((phone): TimedStretch[] => {
    const { dialling, rang, upAt, uniqueid } = phone;
    if (!dialling || rang === null || phone === party || originOf(phone).cameIn) return [];
    if (kindIn(group, uniqueid) === 'local') return [];
    const to = earlier(earlier(upAt, dialling.endedAt), endings.get(uniqueid)?.at ?? null);
    const from = isPhone(dialling.by, group) ? (endings.get(dialling.by ?? '')?.at ?? to) : dialling.at;
    return [{ what: 'ringing', with: null, from, to }];
  });
}

function isPhone(uniqueid: string | null, group: Group): boolean {
  return uniqueid !== null && kindIn(group, uniqueid) === 'extension';
}

/** Below all that is known: whether anything has answered. */
function answeredOf({ upAt, isUp }: Channel): TimedStretch[] {
  if (!isUp) return [{ what: 'ringing', with: null, from: null, to: null }];
  const up: TimedStretch = { what: 'in_pbx', with: null, from: upAt, to: null };
  return upAt === null ? [up] : [{ what: 'ringing', with: null, from: null, to: upAt }, up];
}

function firstSeen({ opening, sightings }: Channel): Micros | null {
  return opening?.at ?? sightings[0]?.from ?? null;
}

/** So long the PBX takes from one step to the next; a Local channel that removes itself, too. */
const BLINK = 1_000_000;

/** What is nothing but the PBX's own way from one to the other goes with the one before; at the begin, with the next. */
function withoutBlinks(course: readonly TimedStretch[]): TimedStretch[] {
  const left: TimedStretch[] = [];
  let from: Micros | null | undefined;
  for (const [nth, one] of course.entries()) {
    const last = left.at(-1);
    const next = course[nth + 1];
    if (!isShort(one)) left.push(from === undefined ? one : { ...one, from });
    else if (last && isOnlyOnItsWay(one, last, next)) left[left.length - 1] = { ...last, to: one.to };
    else if (!last && next && next.what !== 'talk' && (one.what === 'in_pbx' || one.what === 'ringing')) {
      from ??= one.from;
      continue;
    } else left.push(from === undefined ? one : { ...one, from });
    from = undefined;
  }
  return layered([left]);
}

function isShort({ from, to }: TimedStretch): boolean {
  return from !== null && to !== null && to - from <= BLINK;
}

/** In the PBX; phones that stop a moment after the queue has; or brought back from the hold that a transfer ends, since the phones stop holding just before it. */
function isOnlyOnItsWay(one: TimedStretch, last: TimedStretch, next: TimedStretch | undefined): boolean {
  if (last.to !== one.from) return false;
  if (one.what === 'ringing') return last.what === 'queue' && next?.what !== 'talk';
  const isBroughtBack = last.what === 'hold' && one.what === 'talk' && one.with === last.with;
  return one.what === 'in_pbx' || (isBroughtBack && next?.what === 'talk' && next.from === one.to);
}
