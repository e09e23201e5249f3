import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { hasCode } from '../../errors.ts';
import { escaped } from '../../escaped.ts';
import type { AuditTrail } from '../../ports/auditTrail.ts';
import type { CommsFilter, CommsKey, InVersion, ReadModel, WholeComms } from '../../ports/readModel.ts';
import { pause } from '../../retry.ts';
import { AUDITORS } from '../auth/principal.ts';
import { commsFilterShape, withRanges } from '../contract/contract.ts';
import { download, NDJSON } from '../files/download.ts';
import { TABLE_HEAD, tableLines } from '../files/entryTable.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import type { Viewer } from '../kit/viewer.ts';
import { filterOf } from './comms.ts';

/** Of a page; two are in memory at once. */
const ENTRIES_AT_ONCE = 500;
/** Of a piece; between two of them the next page is asked for and comes in. */
const ENTRIES_A_PIECE = 50;
const ASKS_AGAIN_MS = 500;

export function exportRoutes({ audit }: { readonly audit: AuditTrail }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/export',
      isExpensive: () => true,
      summary: 'Entries of the call log as a file, newest first; that they were exported is recorded',
      roles: AUDITORS,
      params: nothing,
      query: withRanges(z.strictObject({ ...commsFilterShape, format: z.enum(['csv', 'ndjson']).default('csv') })),
      body: nothing,
      answers: {
        200: { description: 'A table with a head, or one entry a line', type: 'text/csv', schema: z.string() },
      },
      handler: async ({ query: { format, ...filter }, author, viewer, gone }) => {
        const who = await viewer();
        const filters = withoutTexts(filter);
        const asked = filterOf(filter, who);
        await audit.record({ type: 'LogExported', data: { what: 'entries', format, filters } }, author);
        const pages = pagesOf(who.readModel, asked, gone);
        return format === 'csv'
          ? download({ type: 'text/csv', filename: 'calls.csv' }, table(pages, who))
          : download({ type: NDJSON, filename: 'calls.ndjson' }, lines(pages, who));
      },
    }),
  ];
}

/** What somebody may have written a name or a number into. */
const PERSONAL = new Set(['q', 'extension', 'queue', 'did', 'trunk']);

/** The record of an export holds no personal data: of texts only that they were asked for. */
function withoutTexts<V>(filter: Readonly<Record<string, V>>): Record<string, Exclude<V, undefined> | true> {
  const filters: Record<string, Exclude<V, undefined> | true> = {};
  for (const [field, value] of Object.entries(filter)) {
    if (isAsked(value)) filters[field] = PERSONAL.has(field) ? true : value;
  }
  return filters;
}

function isAsked<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}

/** Of entries as JSON. */
type Pages = AsyncIterable<readonly string[]>;

async function* pagesOf(
  readModel: ReadModel,
  filter: CommsFilter,
  gone: AbortSignal,
): AsyncGenerator<readonly string[], void> {
  const read = (after: InVersion<CommsKey> | null) => readModel.written(filter, after, ENTRIES_AT_ONCE, gone);
  let page = await read(null);
  for (;;) {
    const { items, next } = page;
    // while the client takes one page, the next is read
    const following = next === null ? null : inItsTurn(() => read(next), gone);
    following?.catch(() => {});
    yield items;
    if (following === null) return;
    page = await following;
  }
}

/** Only who begins is told that too many ask: what was begun waits, for as long as its client does. */
async function inItsTurn<T>(read: () => Promise<T>, gone: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!hasCode(error, 'BUSY') || gone.aborted) throw error;
      await pause(ASKS_AGAIN_MS, gone);
    }
  }
}

async function* table(pages: Pages, viewer: Viewer): AsyncGenerator<string, void> {
  let head = TABLE_HEAD;
  for await (const piece of piecesOf(pages)) {
    yield head + tableLines(piece.map((text) => viewer.show(entryIn(text))));
    head = '';
  }
}

async function* lines(pages: Pages, viewer: Viewer): AsyncGenerator<string, void> {
  const write = viewer.isPlain ? withoutNames : (text: string) => JSON.stringify(viewer.show(entryIn(text)));
  for await (const piece of piecesOf(pages)) yield piece.map((text) => `${escaped(write(text))}\n`).join('');
}

function entryIn(text: string): WholeComms {
  return JSON.parse(text);
}

/** To take an entry apart and to write it again takes twice as long: where nobody has a name, nothing is found there. */
function withoutNames(text: string): string {
  return `${text.slice(0, -1)},"people":[],"did_name":null,"queue_names":{},"authors":{}}`;
}

/** One at least of each page. */
async function* piecesOf(pages: Pages): AsyncGenerator<readonly string[], void> {
  for await (const page of pages) {
    let at = 0;
    do {
      yield page.slice(at, at + ENTRIES_A_PIECE);
      at += ENTRIES_A_PIECE;
      await setImmediate();
    } while (at < page.length);
  }
}
