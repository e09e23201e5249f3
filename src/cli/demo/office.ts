import type {
  Destination,
  End,
  InboundScene,
  OutboundEnd,
  OutboundScene,
  Phone,
  Ringing,
  Talk,
  Transfer,
} from '../../adapters/ami/index.ts';
import type { Micros } from '../../domain/time.ts';
import type { Outsider } from './callers.ts';
import { type DemoCompany, type DemoPerson, lineOf, phoneOf, type TeamId } from './company.ts';
import { endOf } from './lengths.ts';
import type { LogNormal, Random } from './random.ts';

/** How calls go in this office. */
export type Manners = {
  /** who is there at a moment */
  readonly isThere: (person: DemoPerson, at: Micros) => boolean;
  /** how long people talk, by team */
  readonly talks: Readonly<Record<TeamId, LogNormal>>;
};

const RING: LogNormal = { median: 7, spread: 0.55, least: 2.5, most: 24 };
const PATIENCE: LogNormal = { median: 30, spread: 0.75, least: 5, most: 240 };
const RINGS_AT_MEMBER = 15;
const MAX_TRIES = 5;
const MAX_IN_QUEUE = 50;
const WAITS_FOR_MEMBER = 12;
const RINGS_AT_PHONE = 25;
/** Between two calls one writes down what was said. */
const AFTERWARDS = { from: 8, to: 45 };

/** The people at their phones: who is free, and what becomes of a call. Calls are drawn in the order of their time. */
export class Office {
  readonly #random: Random;
  readonly #company: DemoCompany;
  readonly #manners: Manners;
  readonly #busyUntil = new Map<string, number>();

  constructor(random: Random, company: DemoCompany, manners: Manners) {
    this.#random = random;
    this.#company = company;
    this.#manners = manners;
  }

  /** A call comes in while the office is open. */
  rings(startsAt: Micros, caller: Outsider, did: string): InboundScene {
    const random = this.#random;
    const line = lineOf(this.#company, did);
    const hasMenu = did === this.#company.teams.sales.did;
    const menuSeconds = hasMenu ? random.between(5, 14) : null;
    const to = this.#destination(startsAt, hasMenu);
    return this.#kept({ kind: 'inbound', startsAt, trunk: line.trunk, did, caller, menuSeconds, to });
  }

  /** A call comes in while nobody is there. */
  ringsInVain(startsAt: Micros, caller: Outsider, did: string): InboundScene {
    const { trunk } = lineOf(this.#company, did);
    const voicemail = this.#voicemail(this.#company.mailbox);
    return { kind: 'inbound', startsAt, trunk, did, caller, menuSeconds: null, to: { kind: 'voicemail', voicemail } };
  }

  /** Somebody rings out; null: nobody is free. */
  ringsOut(startsAt: Micros, dialled: string, team: TeamId | null, byChoice?: string): OutboundScene | null {
    const random = this.#random;
    const free = this.#free(startsAt, (one) => team === null || one.team === team);
    const chosen = free.find(({ extension }) => extension === byChoice);
    if (free.length === 0) return null;
    const person = chosen ?? random.weighted(free, ({ share, team: own }) => share * (own === 'sales' ? 2 : 1));
    const { did, trunk } = lineOf(this.#company, this.#company.teams[person.team].did);
    const end = this.#outboundEnd(person);
    const waits: LogNormal =
      end.kind === 'answered' ? { ...RING, median: 11, most: 35 } : { ...RING, median: 24, most: 40 };
    const refused = end.kind === 'busy' || end.kind === 'failed';
    const ringSeconds = refused ? random.between(0.6, 2.5) : random.logNormal(waits);
    return this.#kept({
      kind: 'outbound',
      startsAt,
      trunk,
      shown: did,
      from: phoneOf(person),
      dialled,
      ringSeconds,
      end,
    });
  }

  #outboundEnd(person: DemoPerson): OutboundEnd {
    const drawn = this.#random.next();
    if (drawn < 0.7) return { kind: 'answered', talk: this.#talk(person, null) };
    if (drawn < 0.89) return { kind: 'no_answer' };
    return { kind: drawn < 0.95 ? 'busy' : 'failed' };
  }

  #destination(at: Micros, hasMenu: boolean): Destination {
    const { teams, reception } = this.#company;
    if (!hasMenu) return this.#queue(at, 'support', teams.support.queue);
    const drawn = this.#random.next();
    if (drawn < 0.03) return { kind: 'none' };
    if (drawn < 0.58) return this.#queue(at, 'sales', teams.sales.queue);
    if (drawn < 0.75) return this.#queue(at, 'support', teams.support.queue);
    const isAtReception = ({ extension }: DemoPerson) => reception.people.includes(extension);
    const there = this.#free(at, drawn < 0.88 ? isAtReception : () => true);
    const [first] = there;
    if (first === undefined) return this.#queue(at, 'sales', teams.sales.queue);
    if (drawn < 0.88) return { kind: 'ring_group', number: reception.number, ...this.#atPhones(at, there) };
    return { kind: 'extension', ...this.#atPhones(at, [this.#random.weighted(there, ({ share }) => share)]) };
  }

  #atPhones(at: Micros, people: readonly DemoPerson[]): { readonly ringing: Ringing; readonly end: End } {
    const random = this.#random;
    const phones = people.map(phoneOf);
    const drawn = random.next();
    if (drawn < 0.76) {
      const by = random.weighted(people, ({ share }) => share);
      return { ringing: { phones, seconds: random.logNormal(RING) }, end: this.#answered(at, by) };
    }
    if (drawn < 0.89) {
      const seconds = Math.min(RINGS_AT_PHONE - 1, random.logNormal({ ...RING, median: 16 }));
      return { ringing: { phones, seconds }, end: { kind: 'given_up' } };
    }
    const ringing = { phones, seconds: RINGS_AT_PHONE };
    const [alone] = people.length === 1 ? people : [];
    if (alone === undefined || drawn > 0.97) return { ringing, end: { kind: 'no_answer' } };
    return { ringing, end: { kind: 'voicemail', voicemail: this.#voicemail(alone.extension) } };
  }

  #queue(at: Micros, team: TeamId, number: string): Destination {
    const random = this.#random;
    const patience = random.logNormal(PATIENCE);
    const tries: Ringing[] = [];
    let waited = 0;
    const members = random.shuffled(
      this.#free(at, (one) => one.team === team),
      ({ share }) => share,
    );
    while (waited < MAX_IN_QUEUE && tries.length < MAX_TRIES) {
      const member = members[tries.length % Math.max(1, members.length)];
      const answers = member !== undefined && random.chance(0.6);
      const seconds =
        member === undefined ? WAITS_FOR_MEMBER : answers ? random.logNormal({ ...RING, most: 14 }) : RINGS_AT_MEMBER;
      const phones = member === undefined ? [] : [phoneOf(member)];
      if (waited + seconds > patience) {
        tries.push({ phones, seconds: Math.max(1, patience - waited) });
        return { kind: 'queue', number, tries, end: { kind: 'given_up' } };
      }
      tries.push({ phones, seconds });
      if (answers) return { kind: 'queue', number, tries, end: this.#answered(at, member) };
      waited += seconds;
    }
    const toVoicemail = random.chance(0.4);
    const end: End = toVoicemail
      ? { kind: 'voicemail', voicemail: this.#voicemail(this.#company.mailbox) }
      : { kind: 'no_answer' };
    return { kind: 'queue', number, tries, end };
  }

  #answered(at: Micros, person: DemoPerson): End {
    return { kind: 'answered', by: phoneOf(person), talk: this.#talk(person, at) };
  }

  /** `mayHandOnAt`: from when on the call may be handed on; null: it may not. */
  #talk(person: DemoPerson, mayHandOnAt: Micros | null): Talk {
    const random = this.#random;
    const seconds = random.logNormal(this.#manners.talks[person.team]);
    const holds =
      seconds > 60 && random.chance(0.13)
        ? [{ after: random.between(10, seconds * 0.4), seconds: random.between(8, seconds * 0.4) }]
        : [];
    const handsOn = mayHandOnAt !== null && seconds > 25 && random.chance(0.07);
    const transfer = handsOn ? this.#transfer(mayHandOnAt, person) : null;
    const hungUpBy = random.chance(0.64) ? 'outside' : 'inside';
    return {
      seconds: transfer === null ? seconds : Math.min(seconds, 90),
      holds: transfer === null ? holds : [],
      transfer,
      hungUpBy,
    };
  }

  #transfer(at: Micros, from: DemoPerson): Transfer | null {
    const random = this.#random;
    const others = this.#free(at, ({ extension }) => extension !== from.extension);
    if (others.length === 0) return null;
    const person = random.weighted(others, ({ share, team }) => share * (team === from.team ? 1 : 2));
    const common = {
      to: phoneOf(person),
      ringSeconds: random.logNormal({ ...RING, median: 5, most: 12 }),
      talkSeconds: random.logNormal(this.#manners.talks[person.team]),
    };
    if (random.chance(0.4)) return { kind: 'blind', ...common };
    return { kind: 'attended', ...common, consultSeconds: random.between(5, 40) };
  }

  #voicemail(mailbox: string) {
    const leavesMessage = this.#random.chance(0.65);
    return {
      mailbox,
      leavesMessage,
      seconds: leavesMessage ? this.#random.between(14, 70) : this.#random.between(2, 9),
    };
  }

  #free(at: Micros, which: (person: DemoPerson) => boolean): DemoPerson[] {
    return this.#company.people.filter(
      (person) =>
        which(person) && this.#manners.isThere(person, at) && (this.#busyUntil.get(person.extension) ?? 0) <= at,
    );
  }

  /** Whoever takes part is busy until the end, and for a moment after it. */
  #kept<T extends InboundScene | OutboundScene>(scene: T): T {
    const afterwards = this.#random.between(AFTERWARDS.from, AFTERWARDS.to) * 1_000_000;
    for (const { extension } of phonesIn(scene)) this.#busyUntil.set(extension, endOf(scene) + afterwards);
    return scene;
  }
}

/** Whoever talks in a call; who only heard it ring is free again soon. */
function phonesIn(scene: InboundScene | OutboundScene): readonly Phone[] {
  if (scene.kind === 'outbound') return [scene.from];
  if (scene.to.kind === 'none' || scene.to.kind === 'voicemail') return [];
  const { end } = scene.to;
  const rang = scene.to.kind === 'queue' ? scene.to.tries.flatMap(({ phones }) => phones) : scene.to.ringing.phones;
  if (end.kind !== 'answered') return rang;
  return end.talk.transfer === null ? [end.by] : [end.by, end.talk.transfer.to];
}
