import type { InboundScene, OutboundScene, Scene } from '../../adapters/ami/index.ts';
import type { Micros } from '../../domain/time.ts';
import { Callers, type Outsider } from './callers.ts';
import type { DemoCompany, DemoCustomer, DemoPerson, TeamId } from './company.ts';
import { endOf } from './lengths.ts';
import { Office } from './office.ts';
import { dateOf, hourOf, isOpen, isSaturday, momentsToRing, whenOpen } from './officeHours.ts';
import { Random } from './random.ts';
import { whoSpoke } from './whoSpoke.ts';

export const HISTORY_DAYS = 42;

/** By which the history is drawn: with the same seed, end and zone it is the same. */
export const DEMO_SEED = 20_261_130;

const MINUTE = 60_000_000;
const DAY = 24 * 60 * MINUTE;

/** Of calls of their own accord, those that go out. */
const GOES_OUT = 0.21;
const MAX_TRIES = 4;

export type HistoryOptions = {
  readonly company: DemoCompany;
  readonly customers: readonly DemoCustomer[];
  /** nothing of it is later */
  readonly until: Micros;
  /** where the office is */
  readonly zone: string;
  readonly seed?: number;
};

/** What somebody is about to do. */
type Intent = { readonly at: Micros } & (
  | { readonly kind: 'rings'; readonly who: Outsider; readonly did: string; readonly tries: number }
  | {
      readonly kind: 'rings_out';
      readonly number: string;
      readonly team: TeamId | null;
      readonly by?: string | undefined;
      readonly tries: number;
    }
);

/** Nothing of a history that ends at `until` is before. */
export function beginOfHistory(until: Micros): Micros {
  return (until - HISTORY_DAYS * DAY) as Micros;
}

/** The calls of six weeks of the demo's company, in the order of their beginning; all of them are over. */
export function drawHistory(options: HistoryOptions): readonly Scene[] {
  const { until, zone, seed = DEMO_SEED } = options;
  const from = beginOfHistory(until);
  const drawing = new Drawing(options, new Random(seed));
  for (const moment of momentsToRing(new Random(seed + 1), from, until, zone)) drawing.addressed(moment);
  return drawing.carryOut().filter((scene) => scene.startsAt >= from && endOf(scene) < until);
}

class Drawing {
  readonly #random: Random;
  readonly #company: DemoCompany;
  readonly #zone: string;
  readonly #until: Micros;
  readonly #callers: Callers;
  readonly #office: Office;
  readonly #intents: Intent[] = [];
  /** numbers that were spoken with since they were missed */
  readonly #spokenWith = new Map<string, Micros>();

  constructor({ company, customers, until, zone }: HistoryOptions, random: Random) {
    this.#random = random;
    this.#company = company;
    this.#zone = zone;
    this.#until = until;
    this.#callers = new Callers(random, customers);
    this.#office = new Office(random, company, {
      isThere: (person, at) => this.#isThere(person, at),
      talks: {
        sales: { median: 125, spread: 1, least: 6, most: 2_400 },
        support: { median: 190, spread: 0.95, least: 8, most: 2_400 },
      },
    });
  }

  /** Somebody, inside or outside, has a reason to ring. */
  addressed(at: Micros): void {
    const random = this.#random;
    if (isOpen(at, this.#zone) && random.chance(GOES_OUT)) {
      const { number } = this.#callers.whomToRing();
      if (number !== null) this.#intend({ kind: 'rings_out', at, number, team: null, tries: 1 });
      return;
    }
    const { sales, support } = this.#company.teams;
    const did = random.chance(0.62) ? sales.did : support.did;
    this.#intend({ kind: 'rings', at, who: this.#callers.whoRings(), did, tries: 1 });
  }

  carryOut(): Scene[] {
    const scenes: Scene[] = [];
    for (let intent = this.#intents.shift(); intent !== undefined; intent = this.#intents.shift()) {
      const scene = intent.kind === 'rings' ? this.#ring(intent) : this.#ringOut(intent);
      if (scene !== null) scenes.push(scene);
    }
    return scenes;
  }

  #ring({ at, who, did, tries }: Intent & { kind: 'rings' }): Scene {
    const scene = isOpen(at, this.#zone) ? this.#office.rings(at, who, did) : this.#office.ringsInVain(at, who, did);
    this.#whatFollows(scene, who, tries);
    return scene;
  }

  #whatFollows(scene: InboundScene, who: Outsider, tries: number): void {
    const { number } = who;
    const random = this.#random;
    const ended = endOf(scene);
    if (number === null) return;
    if (whoSpoke(scene) !== null) {
      this.#spokenWith.set(number, ended);
      this.#comeBackTo(number, who, scene.did, ended);
      return;
    }
    const again = tries === 1 ? 0.34 : 0.5;
    if (tries < MAX_TRIES && random.chance(again)) {
      const at = (ended + random.logNormal({ median: 5, spread: 0.9, least: 0.5, most: 40 }) * MINUTE) as Micros;
      this.#intend({ kind: 'rings', at: whole(at), who, did: scene.did, tries: tries + 1 });
    }
    if (tries === 1 && random.chance(0.86)) this.#callBack(number, teamOf(this.#company, scene), ended);
  }

  #callBack(number: string, team: TeamId, missedAt: Micros): void {
    const delay = this.#random.logNormal({ median: 50, spread: 1, least: 3, most: 2_000 });
    const at = whenOpen(this.#random, whole(missedAt + delay * MINUTE), this.#zone);
    this.#intend({ kind: 'rings_out', at, number, team, tries: 1 });
    this.#spokenWith.delete(number);
  }

  /** Some ring, or are rung, once more on the same day. */
  #comeBackTo(number: string, who: Outsider, did: string, ended: Micros): void {
    const random = this.#random;
    const at = whole(ended + random.between(12, 200) * MINUTE);
    const drawn = random.next();
    if (!isOpen(at, this.#zone)) return;
    if (drawn < 0.08) this.#intend({ kind: 'rings', at, who, did, tries: MAX_TRIES });
    else if (drawn < 0.13) this.#intend({ kind: 'rings_out', at, number, team: null, tries: MAX_TRIES });
  }

  #ringOut({ at, number, team, by, tries }: Intent & { kind: 'rings_out' }): OutboundScene | null {
    const random = this.#random;
    const isCallBack = team !== null;
    if (isCallBack && this.#spokenWith.has(number) && random.chance(0.9)) return null;
    const scene = this.#office.ringsOut(at, number, team, by);
    if (scene === null) {
      const later = whenOpen(random, whole(at + random.between(4, 15) * MINUTE), this.#zone);
      if (tries < MAX_TRIES) this.#intend({ kind: 'rings_out', at: later, number, team, by, tries: tries + 1 });
      return null;
    }
    if (scene.end.kind === 'answered') this.#spokenWith.set(number, endOf(scene));
    else if (tries < MAX_TRIES && random.chance(isCallBack ? 0.6 : 0.3)) {
      const later = whenOpen(random, whole(at + random.between(15, 180) * MINUTE), this.#zone);
      this.#intend({ kind: 'rings_out', at: later, number, team, by: scene.from.extension, tries: tries + 1 });
    }
    return scene;
  }

  /** On Saturdays three, else all but for holidays, days off and their midday break. */
  #isThere({ extension, team, share }: DemoPerson, at: Micros): boolean {
    if (isSaturday(at, this.#zone)) return team === 'support' ? share >= 6 : share >= 9;
    const date = dateOf(at, this.#zone);
    const week = Math.floor((this.#until - at) / (7 * DAY));
    const person = Number(extension);
    if ((person * 7 + 3) % 11 === week) return false;
    if (new Random(person * 31 + Number(date.replaceAll('-', ''))).chance(0.06)) return false;
    const breakAt = 12.5 + (person % 4) * 0.75;
    const hour = hourOf(at, this.#zone);
    return hour < breakAt || hour >= breakAt + 0.75;
  }

  #intend(intent: Intent): void {
    if (intent.at >= this.#until) return;
    const later = this.#intents.findIndex(({ at }) => at > intent.at);
    this.#intents.splice(later < 0 ? this.#intents.length : later, 0, intent);
  }
}

const whole = (at: number) => Math.round(at) as Micros;

function teamOf({ teams }: DemoCompany, { to, did }: InboundScene): TeamId {
  if (to.kind === 'queue') return to.number === teams.support.queue ? 'support' : 'sales';
  return did === teams.support.did ? 'support' : 'sales';
}
