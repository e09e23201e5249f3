import { z } from 'zod';
import type { ActDeps } from '../../acts/deps.ts';
import { importPeople, type PersonLine } from '../../acts/importPeople.ts';
import { MAX_LINES, MAX_TEAMS_OF_ONE } from '../../domain/directory/person.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import { ADMINS } from '../auth/principal.ts';
import { directoryParams, putPersonBody } from '../contract/directoryContract.ts';
import { readImportedText, tooLarge } from '../files/importedText.ts';
import { type NamedRow, namedRows } from '../files/namedRows.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import { parseInput } from '../kit/validation.ts';
import { remarksOn } from './customerImport.ts';

/** Each is seen before the next is written. */
const MAX_ROWS = 500;

const several = (max: number) =>
  z
    .string()
    .max(1_000)
    .transform((cell) => cell.split(/[\s,;|]+/).filter((one) => one !== ''))
    .pipe(z.array(z.string().min(1).max(64)).max(max));
const orAbsent = <T extends z.ZodType>(schema: T) =>
  z.preprocess((cell) => (cell === '' ? undefined : cell), schema.optional());

const rowSchema = z.strictObject({
  id: directoryParams.shape.id,
  name: putPersonBody.shape.name,
  extensions: several(MAX_LINES).default([]),
  teams: orAbsent(several(MAX_TEAMS_OF_ONE)),
  role: orAbsent(putPersonBody.shape.role),
  sub: orAbsent(putPersonBody.shape.sub),
});

const reportSchema = z
  .object({
    registered: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    problems: z.array(
      z.object({ line: z.int(), errors: z.array(z.object({ pointer: z.string(), detail: z.string() })) }),
    ),
    remarks: z.array(z.string()).meta({ description: 'how the file was read, where it was no UTF-8' }),
  })
  .meta({ id: 'PeopleImportReport' });

export function peopleImportRoutes(deps: ActDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/crm/people/import',
      summary: 'Register or change people by CSV (columns id, name, and extensions, teams, role, sub); at most 500',
      roles: ADMINS,
      params: nothing,
      query: nothing,
      body: nothing,
      patience: 'long',
      answers: { 200: { description: 'What became of the rows', schema: reportSchema } },
      handler: async ({ author, request }) => {
        if (!request.is('text/csv')) throw new CommslogError('UNSUPPORTED_MEDIA_TYPE', 'The body must be text/csv.');
        const { encoding, text } = await readImportedText(request);
        const lines: PersonLine[] = [];
        for await (const row of namedRows(text)) {
          if (lines.length === MAX_ROWS) throw tooLarge(`more than ${MAX_ROWS} people`);
          lines.push(personLine(row));
        }
        const report = await importPeople(deps, lines, author);
        return { status: 200, json: { ...report, remarks: remarksOn(encoding) } };
      },
    }),
  ];
}

function personLine(row: NamedRow): PersonLine {
  const { line } = row;
  if ('problem' in row) return { line, errors: [row.problem] };
  try {
    return { line, row: parseInput(rowSchema, row.cells, 'body') };
  } catch (error) {
    if (!hasCode(error, 'VALIDATION_FAILED')) throw error;
    return { line, errors: error.fields };
  }
}
