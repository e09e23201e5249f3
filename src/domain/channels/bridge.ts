/** Who is in one bridge, and who of a crowd was there with strangers. */
import type { Movement } from './movements.ts';

export type When = Pick<Movement, 'at' | 'isLate'>;

/** Those of one crowd are strangers to each other, but for those of the same call. */
export type Crowd = { readonly kind: 'trunk' | 'extension'; readonly call: number };

/** By uniqueid; who is in none is no stranger to anybody. */
export type Crowds = ReadonlyMap<string, Crowd>;

/** How a contact with a stranger ended; `at` null: not heard to end, or nobody knows when. */
export type Parting = When;

/** From when to when one of a crowd was there, as steps of the bridge's way. */
export type Visit = {
  readonly bridge: Bridge;
  readonly own: Crowd;
  readonly from: number;
  /** null: it is still there */
  to: number | null;
  /** as it left */
  hadStrangers: boolean;
};

type Step = When & { readonly uniqueid: string; readonly crowd: Crowd; readonly hasCome: boolean };

export class Bridge {
  /** halves of Local channels */
  readonly locals = new Set<string>();
  readonly #members = new Map<string, number>();
  readonly #crowds: Crowds;
  /** who is in no crowd */
  readonly #others = new Set<string>();
  readonly #inCrowd = { trunk: new Map<number, Set<string>>(), extension: new Map<number, Set<string>>() };
  readonly #visits = new Map<string, Visit>();
  readonly #steps: Step[] = [];
  #comings = 0;

  constructor(crowds: Crowds) {
    this.#crowds = crowds;
  }

  /** In the order in which they came, without Local channels. */
  members(): Iterable<string> {
    return this.#members.keys();
  }

  /** Its visit, if it is of a crowd. */
  add(uniqueid: string, when: When): Visit | null {
    this.#comings += 1;
    this.#members.set(uniqueid, this.#comings);
    const own = this.#crowds.get(uniqueid);
    if (own === undefined) {
      this.#others.add(uniqueid);
      return null;
    }
    const calls = this.#inCrowd[own.kind];
    calls.set(own.call, (calls.get(own.call) ?? new Set()).add(uniqueid));
    const visit: Visit = { bridge: this, own, from: this.#steps.length, to: null, hadStrangers: false };
    this.#visits.set(uniqueid, visit);
    this.#steps.push({ uniqueid, crowd: own, hasCome: true, ...when });
    return visit;
  }

  delete(uniqueid: string, when: When): void {
    this.#members.delete(uniqueid);
    this.#others.delete(uniqueid);
    const visit = this.#visits.get(uniqueid);
    if (visit === undefined) return;
    visit.hadStrangers = this.#hasStrangersTo(visit.own);
    visit.to = this.#steps.length;
    this.#visits.delete(uniqueid);
    this.#steps.push({ uniqueid, crowd: visit.own, hasCome: false, ...when });
    const calls = this.#inCrowd[visit.own.kind];
    const its = calls.get(visit.own.call);
    its?.delete(uniqueid);
    if (its?.size === 0) calls.delete(visit.own.call);
  }

  /** The members that are no strangers to this one, in the order in which they came. */
  knownTo(uniqueid: string): string[] {
    const own = this.#crowds.get(uniqueid);
    const { trunk, extension } = this.#inCrowd;
    const crowd = ({ kind, call }: Crowd) => this.#inCrowd[kind].get(call) ?? [];
    const known =
      own === undefined
        ? [...this.#members.keys()]
        : [
            ...this.#others,
            ...crowd(own),
            ...[...(own.kind === 'trunk' ? extension : trunk).values()].flatMap((its) => [...its]),
          ];
    const came = (one: string) => this.#members.get(one) ?? 0;
    return known.filter((one) => one !== uniqueid).sort((a, b) => came(a) - came(b));
  }

  /** How the contacts of a visit with strangers ended. The first is the latest; what follows goes through all that happened. */
  *partings({ own, from, to, hadStrangers }: Visit): Iterable<Parting> {
    const gone = to === null ? null : (this.#steps[to] ?? null);
    const end: When = { at: gone?.at ?? null, isLate: gone?.isLate ?? false };
    if (gone === null ? this.#hasStrangersTo(own) : hadStrangers) yield end;
    const isLateHere = this.#steps[from]?.isLate ?? false;
    const there = new Map<string, boolean>();
    for (const [nth, { uniqueid, crowd, hasCome, at, isLate }] of this.#steps.slice(0, to ?? undefined).entries()) {
      if (nth === from) for (const stranger of there.keys()) there.set(stranger, isLateHere);
      if (crowd.kind !== own.kind || crowd.call === own.call) continue;
      const wasLate = there.get(uniqueid) ?? false;
      if (hasCome) there.set(uniqueid, isLate);
      else if (there.delete(uniqueid) && nth > from) yield { at, isLate: wasLate || isLate };
    }
    for (const wasLate of there.values()) yield { at: end.at, isLate: wasLate || end.isLate };
  }

  #hasStrangersTo({ kind, call }: Crowd): boolean {
    const calls = this.#inCrowd[kind];
    return calls.size > (calls.has(call) ? 1 : 0);
  }
}
