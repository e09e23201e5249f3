/** What admins ask for of people, decided: state and command in, events or a refusal out. */
import { areAtOnce, type Directory, lineOf } from '../directory/directory.ts';
import {
  MAX_REVOCATIONS,
  type PersonData,
  personSchema,
  type Revocation,
  removedPersonSchema,
} from '../directory/person.ts';
import type { JsonObject } from '../events.ts';
import { dataOf } from '../recorded.ts';
import { accepted, type Decision, type Refusal, refused } from './decision.ts';
import { canonicalPeriod, periodProblem } from './period.ts';

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of a stream of the directory the last event, which tells all. */
export type Last = { readonly type: string; readonly data: JsonObject } | undefined;

/** Null: there is none, or no more. Throws `POISON_EVENT`. */
export function personState(last: Last): PersonData | null {
  return !last || last.type === 'PersonRemoved' ? null : dataOf(last, personSchema);
}

/** Of one who was removed too. Throws `POISON_EVENT`. */
export function revocationsOf(last: Last): readonly Revocation[] {
  return last ? (dataOf(last, removedPersonSchema).revocations ?? []) : [];
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

export const MAX_PEOPLE = 2_000;

/**
 * Registers a person, or makes it what the command says. `id` is whom; `revocations` those that there are; `directory` who else
 * there is.
 */
export function putPerson(
  { id, wanted, revocations = [] }: Put,
  state: PersonData | null,
  directory: Directory,
): Decision {
  const problem = periodProblem('lines', wanted.lines) ?? collision(id, wanted, directory);
  if (problem) return problem;
  const kept = { invited_at: state?.invited_at, revocations: [...revocations] };
  const data = canonical({ ...wanted, ...kept });
  if (state === null) {
    if (directory.people.length >= MAX_PEOPLE) {
      return refused('TOO_MANY', '#', `A directory has at most ${MAX_PEOPLE} people.`);
    }
    return accepted({ type: 'PersonRegistered', data });
  }
  return isSame(canonical(state), data) ? accepted() : accepted({ type: 'PersonChanged', data });
}

type Put = {
  readonly id: string;
  readonly wanted: Omit<PersonData, 'invited_at' | 'revocations'>;
  readonly revocations?: readonly Revocation[];
};

/**
 * Removes a person: who had which extension when is then nobody's any more, the calls stay. What was issued to them until `at`
 * (RFC 3339) does not count any more.
 */
export function removePerson(state: PersonData | null, at: string): Decision {
  if (state === null) return NO_SUCH_PERSON;
  const revocations = revokedAt(state, at);
  return accepted({ type: 'PersonRemoved', data: revocations.length === 0 ? {} : { revocations } });
}

/** A person gets a link to sign in with, as `sub` if there is none by which they do. */
export function invitePerson(
  { at, sub }: { readonly at: string; readonly sub: string },
  state: PersonData | null,
): Decision {
  if (state === null) return NO_SUCH_PERSON;
  return accepted({ type: 'PersonChanged', data: canonical({ ...state, sub: state.sub ?? sub, invited_at: at }) });
}

/** Whatever was issued to a person until `at` does not count any more. */
export function revokeAccess(state: PersonData | null, at: string): Decision {
  if (state === null) return NO_SUCH_PERSON;
  if (state.sub === undefined) return accepted();
  return accepted({ type: 'PersonChanged', data: canonical({ ...state, revocations: revokedAt(state, at) }) });
}

const NO_SUCH_PERSON = refused('NO_SUCH_PERSON', '#', 'There is no such person.');

function revokedAt({ sub, revocations = [] }: PersonData, at: string): Revocation[] {
  if (sub === undefined) return revocations;
  return [...revocations.filter((one) => one.sub !== sub), { sub, at }].slice(-MAX_REVOCATIONS);
}

/** What another person or no team has: then it would not be clear whose a call is, or who signs in. */
function collision(id: string, { sub, teams, lines }: PersonData, directory: Directory): Refusal | null {
  const others = directory.people.filter((person) => person.id !== id);
  if (sub !== undefined && others.some((person) => person.sub === sub)) {
    return refused('TAKEN', '#/sub', 'another person signs in so');
  }
  const known = new Set(directory.teams.map((team) => team.id));
  const unknown = teams.findIndex((team) => !known.has(team));
  if (unknown >= 0) return refused('UNKNOWN_TEAM', `#/teams/${unknown}`, 'no such team');
  for (const [index, line] of lines.map(lineOf).entries()) {
    const theirs = others.some((person) => person.lines.some((held) => areAtOnce(held, line)));
    const again = lines.slice(0, index).some((held) => areAtOnce(lineOf(held), line));
    const pointer = `#/lines/${index}/extension`;
    if (theirs) return refused('TAKEN', pointer, 'another person has it at that time; end theirs (`to`) first');
    if (again) return refused('TAKEN', pointer, 'it is in the list twice for one time');
  }
  return null;
}

/** One way to write the same person: keys in order, times in UTC, nothing that is absent. */
function canonical({ name, role, sub, sees, teams, lines, invited_at, revocations = [] }: PersonData): JsonObject {
  return {
    name,
    ...(role === undefined ? {} : { role }),
    ...(sub === undefined ? {} : { sub }),
    ...(sees === undefined ? {} : { sees }),
    teams: [...new Set(teams)],
    lines: lines.map(({ extension, pbx, from, to }) => ({
      extension,
      ...(pbx === undefined ? {} : { pbx }),
      ...canonicalPeriod({ from, to }),
    })),
    ...(invited_at === undefined ? {} : { invited_at }),
    ...(revocations.length === 0 ? {} : { revocations: revocations.map(({ sub, at }) => ({ sub, at })) }),
  };
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
