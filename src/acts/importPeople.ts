import type { lineOf, Person } from '../domain/directory/directory.ts';
import type { PersonData } from '../domain/directory/person.ts';
import type { Author, Role } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import { CommslogError, type FieldProblem, hasCode } from '../errors.ts';
import type { ActDeps } from './deps.ts';
import { registerPerson } from './directory.ts';

/** A row of a table of people; what is absent says nothing of a person who is known. */
export type PersonRow = {
  readonly id: string;
  readonly name: string;
  readonly extensions: readonly string[];
  readonly teams?: readonly string[] | undefined;
  readonly role?: Role | undefined;
  readonly sub?: string | undefined;
};

export type PersonLine = { readonly line: number } & (
  | { readonly row: PersonRow }
  | { readonly errors: readonly FieldProblem[] }
);

export type PeopleReport = {
  registered: number;
  changed: number;
  unchanged: number;
  refused: number;
  readonly problems: { readonly line: number; readonly errors: readonly FieldProblem[] }[];
};

/**
 * Registers or changes people, one after the other, since two rows may want one extension. A person who is known gets the
 * extensions that are not theirs now, and loses none: when one went to somebody else is no matter of a table. A row that is not
 * as it must be is refused by itself; the same import again changes nothing. Errors: those of the log; what was written before stays.
 */
export async function importPeople(deps: ActDeps, lines: readonly PersonLine[], author: Author): Promise<PeopleReport> {
  const report: PeopleReport = { registered: 0, changed: 0, unchanged: 0, refused: 0, problems: [] };
  for (const line of lines) {
    try {
      if ('errors' in line) throw refusedRow(line.errors);
      const { row } = line;
      const known = (await deps.readModel.directory()).person(row.id);
      const wanted = personWith(row, known, deps.clock.now());
      report[(await registerPerson(deps, { id: row.id, author }, wanted)).result] += 1;
    } catch (error) {
      if (!(error instanceof CommslogError) || !hasCode(error, 'VALIDATION_FAILED', 'CONFLICT')) throw error;
      report.refused += 1;
      const errors = error.fields.length > 0 ? error.fields : [{ pointer: '#', detail: error.message }];
      report.problems.push({ line: line.line, errors });
    }
  }
  return report;
}

function personWith({ extensions, ...row }: PersonRow, known: Person | null, now: Micros) {
  const lines = known?.lines ?? [];
  const isTheirs = (extension: string) =>
    lines.some((line) => line.extension === extension && (line.to === null || line.to > now));
  const more = [...new Set(extensions)].filter((extension) => !isTheirs(extension)).map((extension) => ({ extension }));
  // of one who had it before it begins anew with now
  const begun = more.map((line) =>
    lines.some(({ extension }) => extension === line.extension) ? { ...line, from: toRfc3339(now) } : line,
  );
  const wanted: Omit<PersonData, 'invited_at' | 'revocations'> = {
    name: row.name,
    role: row.role ?? known?.role ?? undefined,
    sub: row.sub ?? known?.sub ?? undefined,
    sees: known?.sees ?? undefined,
    teams: [...(row.teams ?? known?.teams ?? [])],
    lines: [...lines.map(dataOf), ...begun],
  };
  return wanted;
}

function dataOf({ extension, pbx, from, to }: ReturnType<typeof lineOf>): PersonData['lines'][number] {
  return {
    extension,
    ...(pbx === null ? {} : { pbx }),
    ...(from === null ? {} : { from: toRfc3339(from) }),
    ...(to === null ? {} : { to: toRfc3339(to) }),
  };
}

function refusedRow(fields: readonly FieldProblem[]): CommslogError {
  return new CommslogError('VALIDATION_FAILED', 'The row is not as it must be.', { fields: [...fields] });
}
