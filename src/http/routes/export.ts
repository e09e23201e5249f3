import { z } from 'zod';
import type { AuditTrail } from '../../ports/auditTrail.ts';
import type { CommsFilter, CommsKey, InVersion, ReadModel, WholeComms } from '../../ports/readModel.ts';
import { AUDITORS } from '../auth/principal.ts';
import { commsFilterShape } from '../contract/contract.ts';
import { download, NDJSON, ndjson } from '../files/download.ts';
import { TABLE_HEAD, tableLines } from '../files/entryTable.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import { filterOf } from './comms.ts';

/** Entries that are in memory at once. */
const ENTRIES_AT_ONCE = 200;

export function exportRoutes({ readModel, audit }: { readModel: ReadModel; audit: AuditTrail }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/export',
      summary: 'Entries of the call log as a file, newest first; that they were exported is recorded',
      roles: AUDITORS,
      params: nothing,
      query: z.strictObject({ ...commsFilterShape, format: z.enum(['csv', 'ndjson']).default('csv') }),
      body: nothing,
      answers: {
        200: { description: 'A table with a head, or one entry a line', type: 'text/csv', schema: z.string() },
      },
      handler: async ({ query: { format, ...filter }, author }) => {
        const filters = withoutSearch(filter);
        await audit.record({ type: 'LogExported', data: { what: 'entries', format, filters } }, author);
        const pages = pagesOf(readModel, filterOf(filter));
        return format === 'csv'
          ? download({ type: 'text/csv', filename: 'calls.csv' }, table(pages))
          : download({ type: NDJSON, filename: 'calls.ndjson' }, ndjson(entriesOf(pages)));
      },
    }),
  ];
}

/** The record of an export holds no personal data: only that something was searched for. */
function withoutSearch({ q, extension, ...filter }: { q?: string | undefined; extension?: string | undefined }) {
  return {
    ...filter,
    ...(q === undefined ? {} : { q: true }),
    ...(extension === undefined ? {} : { extension: true }),
  };
}

type Pages = AsyncIterable<readonly WholeComms[]>;

async function* pagesOf(readModel: ReadModel, filter: CommsFilter): AsyncGenerator<readonly WholeComms[], void> {
  let after: InVersion<CommsKey> | null = null;
  do {
    const page: Awaited<ReturnType<ReadModel['entries']>> = await readModel.entries(filter, after, ENTRIES_AT_ONCE);
    yield page.items;
    after = page.next;
  } while (after !== null);
}

async function* table(pages: Pages): AsyncGenerator<string, void> {
  let head = TABLE_HEAD;
  for await (const page of pages) {
    yield head + tableLines(page);
    head = '';
  }
}

async function* entriesOf(pages: Pages): AsyncGenerator<WholeComms, void> {
  for await (const page of pages) yield* page;
}
