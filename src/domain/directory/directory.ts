/** Who is who (design §12): the people, teams and names of places that the log tells, and whose an extension was when. */
import type { Role } from '../events.ts';
import type { Settings } from '../settings.ts';
import { fromRfc3339, type Micros } from '../time.ts';
import type { PersonData, Revocation, Sight } from './person.ts';
import type { Place, PlaceNames, TeamData } from './team.ts';

/** An extension in [from, to); null: open at that end. `pbx` null: at every phone system. */
export type Line = {
  readonly extension: string;
  readonly pbx: string | null;
  readonly from: Micros | null;
  readonly to: Micros | null;
};

export type Person = {
  readonly id: string;
  readonly name: string;
  readonly role: Role | null;
  readonly sub: string | null;
  readonly sees: Sight | null;
  readonly teams: readonly string[];
  readonly lines: readonly Line[];
  /** when a link was made for them last */
  readonly invitedAt: Micros | null;
  /** until when what was issued to them does not count */
  readonly revokedAt: Micros | null;
  /** of its stream */
  readonly revision: bigint;
};

export type Team = TeamData & { readonly id: string; readonly revision: bigint };

/** What the streams say; those who were removed are not among them. */
export type DirectoryData = {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];
  readonly places: PlaceNames;
  readonly settings: Settings;
  /** also of those who were removed */
  readonly revocations?: readonly Revocation[];
};

/** An extension of a phone system. */
type Phone = { readonly pbx: string; readonly extension: string };

export class Directory {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];
  readonly places: PlaceNames;
  readonly settings: Settings;
  readonly #byId: ReadonlyMap<string, Person>;
  readonly #bySub: ReadonlyMap<string, Person>;
  readonly #byExtension: ReadonlyMap<string, readonly { readonly person: Person; readonly line: Line }[]>;

  readonly #revokedAt: ReadonlyMap<string, Micros>;

  constructor({ people, teams, places, settings, revocations = [] }: DirectoryData) {
    this.people = [...people].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
    this.teams = [...teams].sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
    this.places = places;
    this.settings = settings;
    this.#revokedAt = latestOf(revocations);
    this.#byId = new Map(people.map((person) => [person.id, person]));
    this.#bySub = new Map(
      this.people.flatMap((person) => (person.sub === null ? [] : [[person.sub, person] as const])),
    );
    const byExtension = new Map<string, { person: Person; line: Line }[]>();
    for (const person of this.people) {
      for (const line of person.lines) {
        const held = byExtension.get(line.extension) ?? [];
        held.push({ person, line });
        byExtension.set(line.extension, held);
      }
    }
    this.#byExtension = byExtension;
  }

  person(id: string): Person | null {
    return this.#byId.get(id) ?? null;
  }

  personOfSub(sub: string): Person | null {
    return this.#bySub.get(sub) ?? null;
  }

  /** Whether a token or session counts no more; one that does not say when it was issued was issued before. */
  isRevoked({ sub, issuedAt }: { readonly sub: string; readonly issuedAt: Micros | null }): boolean {
    const at = this.#revokedAt.get(sub);
    return at !== undefined && (issuedAt === null || issuedAt <= at);
  }

  /**
   * Whose the extension was at that time. Null: nobody's, or that of several, which tells nothing; of a call without a time
   * only an extension that has ever been one person's.
   */
  holderAt({ pbx, extension }: Phone, at: Micros | null): Person | null {
    const holders = new Set<Person>();
    for (const { person, line } of this.#byExtension.get(extension) ?? []) {
      if ((line.pbx === null || line.pbx === pbx) && (at === null || holds(line, at))) holders.add(person);
    }
    const [holder] = holders;
    return holder !== undefined && holders.size === 1 ? holder : null;
  }

  /** What people call a queue or one of our numbers; null: nobody has named it. */
  nameOf(kind: keyof PlaceNames, { place, pbx }: { readonly place: string; readonly pbx: string }): string | null {
    const named = this.places[kind].filter((one) => one.place === place);
    const own = named.find((one) => one.pbx === pbx) ?? named.find((one) => one.pbx === undefined);
    return own?.name ?? null;
  }

  /** Of those of the queues that have one, by queue. */
  queueNames(queues: readonly string[], pbx: string): Record<string, string> {
    return Object.fromEntries(
      queues.flatMap((place) => {
        const name = this.nameOf('queues', { place, pbx });
        return name === null ? [] : [[place, name]];
      }),
    );
  }

  membersOf(teams: readonly string[]): readonly Person[] {
    return this.people.filter((person) => person.teams.some((team) => teams.includes(team)));
  }
}

/** A person as an event tells it. */
export function personOf(id: string, revision: bigint, data: PersonData): Person {
  const { name, role = null, sub = null, sees = null, teams, lines, invited_at, revocations = [] } = data;
  const revokedAt = (sub === null ? undefined : latestOf(revocations).get(sub)) ?? null;
  const invitedAt = invited_at === undefined ? null : fromRfc3339(invited_at);
  return { id, revision, name, role, sub, sees, teams, lines: lines.map(lineOf), invitedAt, revokedAt };
}

function latestOf(revocations: readonly Revocation[]): ReadonlyMap<string, Micros> {
  const latest = new Map<string, Micros>();
  for (const { sub, at } of revocations) {
    const time = fromRfc3339(at);
    if (time !== null && time > (latest.get(sub) ?? 0)) latest.set(sub, time);
  }
  return latest;
}

export function lineOf({ extension, pbx, from, to }: PersonData['lines'][number]): Line {
  const time = (text: string | undefined) => (text === undefined ? null : fromRfc3339(text));
  return { extension, pbx: pbx ?? null, from: time(from), to: time(to) };
}

/** Whether both could be meant by one phone at one moment. */
export function areAtOnce(a: Line, b: Line): boolean {
  if (a.extension !== b.extension || (a.pbx !== null && b.pbx !== null && a.pbx !== b.pbx)) return false;
  return (a.to === null || b.from === null || b.from < a.to) && (b.to === null || a.from === null || a.from < b.to);
}

export function isPlace({ place, pbx }: Place, named: { readonly place: string; readonly pbx: string }): boolean {
  return place === named.place && (pbx === undefined || pbx === named.pbx);
}

/** Whether it is theirs at that time. */
export function holds({ from, to }: Pick<Line, 'from' | 'to'>, at: Micros): boolean {
  return (from === null || from <= at) && (to === null || at < to);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
