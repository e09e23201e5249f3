import { v5 as uuidv5 } from 'uuid';
import { peopleFactsOf } from '../../acts/peopleFacts.ts';
import type { Scene } from '../../adapters/ami/index.ts';
import { assignCall } from '../../domain/acts/assign.ts';
import type { Decision } from '../../domain/acts/decision.ts';
import { logCall } from '../../domain/acts/logCall.ts';
import { markCall } from '../../domain/acts/mark.ts';
import { addNote } from '../../domain/acts/note.ts';
import { entryId } from '../../domain/callId.ts';
import { type Actor, type NewEvent, streamOf } from '../../domain/events.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { asDialled, type DemoCompany, type DemoCustomer } from './company.ts';
import { endOf } from './lengths.ts';
import { Random } from './random.ts';
import { endOfInbound, whoSpoke } from './whoSpoke.ts';

/** Namespace of the ids of what the demo's people do; never changes, or a start that goes on would do it twice. */
const NAMESPACE = '5d8f3a0e-6a0a-4f9b-9d49-0b7e6d5b8c11';
const MINUTE = 60_000_000;
const DAY = 24 * 60 * MINUTE;
const LOGGED_BY_HAND = 14;

/** The stream of the last of them. */
export const LAST_ACT = streamOf.manual(uuidByHand(LOGGED_BY_HAND - 1));

/** The facts of one stream that has none yet. */
export type Act = { readonly stream: string; readonly events: readonly NewEvent[] };

/** A call, and what the PBX calls it. */
export type ActedCall = { readonly scene: Scene; readonly linkedid: string };

export type ActsOptions = {
  readonly pbx: string;
  readonly company: DemoCompany;
  readonly customers: readonly DemoCustomer[];
  readonly calls: readonly ActedCall[];
  readonly until: Micros;
  readonly seed: number;
};

/** What the people of the company have done in the log: notes, calls that are done with, whose calls are, calls by hand. */
export function* peoplesActs(options: ActsOptions): Generator<Act> {
  const { pbx, calls, until, seed } = options;
  const random = new Random(seed + 2);
  const owners = ownersByNumber(options.customers);
  for (const { scene, linkedid } of calls) {
    const stream = streamOf.annotation(entryId(pbx, linkedid));
    const at = Math.round(Math.min(until, endOf(scene) + random.between(0.5, 6) * MINUTE)) as Micros;
    const said = saidOf(scene, options, random, owners).map(({ by, decision }, which) => {
      const author = { actor: actorOf(by), requestId: stream };
      return peopleFactsOf(decision, { author, now: at, eventId: uuidv5(`${stream} ${which}`, NAMESPACE) });
    });
    const events = said.flat();
    if (events.length > 0) yield { stream, events };
  }
  yield* loggedByHand(options, random);
}

type Said = { readonly by: string; readonly decision: Decision };
type Owners = ReadonlyMap<string, readonly DemoCustomer[]>;

function saidOf(scene: Scene, options: ActsOptions, random: Random, owners: Owners): Said[] {
  const { company, until } = options;
  const spoke = whoSpoke(scene);
  const by = spoke?.extension ?? random.pick(company.people).extension;
  const said: Said[] = [];
  const assigned = assignment(scene, options, random, owners);
  if (assigned !== null) said.push({ by, decision: assigned });
  const noted = spoke === null ? (isVoicemail(scene) ? 0.4 : 0) : 0.1;
  if (random.chance(noted)) said.push({ by, decision: addNote(random.pick(company.notes), { notes: [] }, null) });
  const isWork = scene.kind === 'inbound' && spoke === null;
  const isOld = until - scene.startsAt > 3 * DAY;
  if (isWork && random.chance(isOld ? 0.8 : 0.3)) said.push({ by, decision: markCall(true, { doneAt: null }) });
  return said;
}

/** Who rang with a number that nobody or two have is sometimes known to who spoke with them. */
function assignment(scene: Scene, { customers }: ActsOptions, random: Random, owners: Owners): Decision | null {
  const number = scene.kind === 'inbound' ? scene.caller.number : scene.dialled;
  const own = (number === null ? undefined : owners.get(number)) ?? [];
  if (whoSpoke(scene) === null || number === null || own.length === 1) return null;
  if (!random.chance(own.length > 1 ? 0.5 : 0.04)) return null;
  const { id, ...customer } = random.pick(own.length > 1 ? own : customers);
  return assignCall(id, { decided: { assignment: null }, customer: { kind: 'known', customer } });
}

function* loggedByHand({ company, customers, calls, until }: ActsOptions, random: Random): Generator<Act> {
  for (let which = 0; which < LOGGED_BY_HAND; which += 1) {
    const { scene } = random.pick(calls);
    const { id, ...customer } = random.pick(customers);
    const occurredAt = scene.startsAt;
    const now = Math.round(Math.min(until, occurredAt + random.between(15, 90) * MINUTE)) as Micros;
    const wanted = {
      customerId: id,
      direction: random.chance(0.5) ? 'inbound' : 'outbound',
      durationSeconds: random.whole(40, 700),
      notes: random.pick(company.by_hand),
      occurredAt: toRfc3339(occurredAt),
      now,
      requestHash: null,
    } as const;
    const decision = logCall(wanted, { customer: { kind: 'known', customer }, logged: null });
    const stream = streamOf.manual(uuidByHand(which));
    const author = { actor: actorOf(random.pick(company.people).extension), requestId: stream };
    yield { stream, events: peopleFactsOf(decision, { author, now, eventId: uuidv5(stream, NAMESPACE) }) };
  }
}

function uuidByHand(which: number): string {
  return uuidv5(`by hand ${which}`, NAMESPACE);
}

/** By which the person at a phone signs in: tells nothing to who reads it. */
export function subOf(extension: string): string {
  return `u-${uuidv5(`person ${extension}`, NAMESPACE).slice(0, 8)}`;
}

function actorOf(extension: string): Actor {
  return { sub: subOf(extension), role: 'agent' };
}

function isVoicemail(scene: Scene): boolean {
  if (scene.kind === 'outbound') return false;
  return scene.to.kind === 'voicemail' || endOfInbound(scene)?.kind === 'voicemail';
}

/** By the number as it is dialled. */
function ownersByNumber(customers: readonly DemoCustomer[]): Owners {
  const owners = new Map<string, DemoCustomer[]>();
  for (const customer of customers) {
    for (const { number } of customer.numbers) {
      const dialled = asDialled(number);
      owners.set(dialled, [...(owners.get(dialled) ?? []), customer]);
    }
  }
  return owners;
}
