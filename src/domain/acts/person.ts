/** What admins ask for of people, decided: state and command in, events or a refusal out. */
import { areAtOnce, type Directory, lineOf } from '../directory/directory.ts';
import { type PersonData, personSchema } from '../directory/person.ts';
import type { JsonObject } from '../events.ts';
import { dataOf } from '../recorded.ts';
import { toRfc3339 } from '../time.ts';
import { accepted, type Decision, instantOf, type Refusal, refused } from './decision.ts';

// ── state ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Of a stream of the directory the last event, which tells all. */
export type Last = { readonly type: string; readonly data: JsonObject } | undefined;

/** Null: there is none, or no more. Throws `POISON_EVENT`. */
export function personState(last: Last): PersonData | null {
  return !last || last.type === 'PersonRemoved' ? null : dataOf(last, personSchema);
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────

export const MAX_PEOPLE = 2_000;

/** Registers a person, or makes it what the command says. `id` is whom; `directory` who else there is. */
export function putPerson(
  { id, wanted }: { readonly id: string; readonly wanted: PersonData },
  state: PersonData | null,
  directory: Directory,
): Decision {
  const problem = timeProblem(wanted) ?? collision(id, wanted, directory);
  if (problem) return problem;
  const data = canonical(wanted);
  if (state === null) {
    if (directory.people.length >= MAX_PEOPLE) {
      return refused('TOO_MANY', '#', `A directory has at most ${MAX_PEOPLE} people.`);
    }
    return accepted({ type: 'PersonRegistered', data });
  }
  return isSame(canonical(state), data) ? accepted() : accepted({ type: 'PersonChanged', data });
}

/** Removes a person: who had which extension when is then nobody's any more, the calls stay. */
export function removePerson(state: PersonData | null): Decision {
  return state === null
    ? refused('NO_SUCH_PERSON', '#', 'There is no such person.')
    : accepted({ type: 'PersonRemoved', data: {} });
}

function timeProblem({ lines }: PersonData): Refusal | null {
  for (const [index, { from, to }] of lines.entries()) {
    for (const [field, value] of Object.entries({ from, to })) {
      if (value !== undefined && instantOf(value) === null) {
        return refused('TIME_OUT_OF_RANGE', `#/lines/${index}/${field}`, 'a time between 1970 and 2200');
      }
    }
    if (from !== undefined && to !== undefined && Number(instantOf(from)) >= Number(instantOf(to))) {
      return refused('TIME_OUT_OF_RANGE', `#/lines/${index}/to`, 'later than `from`');
    }
  }
  return null;
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
function canonical({ name, role, sub, sees, teams, lines }: PersonData): JsonObject {
  return {
    name,
    ...(role === undefined ? {} : { role }),
    ...(sub === undefined ? {} : { sub }),
    ...(sees === undefined ? {} : { sees }),
    teams: [...new Set(teams)],
    lines: lines.map(({ extension, pbx, from, to }) => ({
      extension,
      ...(pbx === undefined ? {} : { pbx }),
      ...(from === undefined ? {} : { from: inUtc(from) }),
      ...(to === undefined ? {} : { to: inUtc(to) }),
    })),
  };
}

function inUtc(time: string): string {
  const instant = instantOf(time);
  return instant === null ? time : toRfc3339(instant);
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
