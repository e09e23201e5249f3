import { z } from 'zod';
import { noSuchEntry } from '../../acts/entry.ts';
import type { History } from '../../ports/history.ts';
import type { CommsFilter } from '../../ports/readModel.ts';
import { ANYONE } from '../auth/principal.ts';
import {
  commsFilterShape,
  countsSchema,
  cursor,
  entryParams,
  entrySchema,
  entryThenSchema,
  limit,
  listedSchema,
  pageOf,
  time,
  uuid,
  withRanges,
} from '../contract/contract.ts';
import { etagOf } from '../kit/etag.ts';
import { inVersion, type PageQuery, pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Reply, type Route } from '../kit/route.ts';
import type { Seeing } from '../kit/viewer.ts';
import { showEntryThen } from './entryThen.ts';

/** Where a list of entries goes on. */
export const commsKey = inVersion(z.strictObject({ occurredAt: time, id: uuid }));
const filterSchema = withRanges(z.strictObject(commsFilterShape));
const listQuery = withRanges(z.strictObject({ ...commsFilterShape, cursor, limit }));

export function commsRoutes({ history }: { readonly history: History }): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/comms',
      isExpensive: ({ query }) => query.q !== undefined,
      summary: 'Entries of the call log, newest first',
      roles: ANYONE,
      params: nothing,
      query: listQuery,
      body: nothing,
      answers: { 200: { description: 'A page', schema: pageOf(listedSchema) } },
      handler: async ({ query: { cursor, limit, ...filter }, request, viewer, gone }) => {
        const page = { cursor, limit, url: request.originalUrl };
        const who = await viewer();
        return listComms({ viewer: who, gone }, filterOf(filter, who), page);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/comms/counts',
      isExpensive: () => true,
      summary: 'How many entries a list with these filters has',
      roles: ANYONE,
      params: nothing,
      query: filterSchema,
      body: nothing,
      answers: { 200: { description: 'Counts', schema: countsSchema } },
      handler: async ({ query, viewer, gone }) => {
        const who = await viewer();
        return { status: 200, json: await who.readModel.counts(filterOf(query, who), gone) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/comms/{id}',
      summary:
        'One entry, with who spoke when and why the row says what it says; for auditors also as it was at a time',
      roles: ANYONE,
      params: entryParams,
      query: z.strictObject({
        as_of: time.optional().meta({ description: 'auditors: from what was recorded by then, by the rules of then' }),
      }),
      body: nothing,
      answers: {
        200: {
          description: 'The entry; its ETag is for If-Match. With `as_of` as it was then, without an ETag',
          schema: entrySchema.or(entryThenSchema),
        },
        308: { description: 'It turned out to be part of another entry: Location' },
      },
      handler: async ({ params, query, viewer, gone }): Promise<Reply> => {
        const who = await viewer();
        if (query.as_of !== undefined) return showEntryThen(history, who, { id: params.id, time: query.as_of, gone });
        const found = await who.readModel.get(params.id);
        if (!found) throw noSuchEntry();
        if (found.kind === 'moved') {
          return { status: 308, headers: { Location: `/api/crm/comms/${found.currentId}` } };
        }
        const { entry, annotationRevision } = found;
        return {
          status: 200,
          headers: { ETag: etagOf({ id: entry.id, revision: annotationRevision }) },
          json: who.show(entry),
        };
      },
    }),
  ];
}

/** By what a list is read, and for whom. */
export type Listing = { readonly viewer: Seeing; readonly gone: AbortSignal };

/** A page of the list, for the inbox and for a customer alike. */
export function listComms({ viewer, gone }: Listing, filter: CommsFilter, query: PageQuery): Promise<Reply> {
  return pageReply(query, filter, commsKey, async (key, limit) => {
    const { items, next } = await viewer.readModel.list(filter, key, limit, gone);
    return { items: items.map((entry) => viewer.show(entry)), next };
  });
}

/** The filters of a query, as the read model takes them. Error: `VALIDATION_FAILED` where the person is none. */
export function filterOf(
  {
    direction,
    outcome,
    customer_id,
    handled_by_machine,
    duration_from,
    duration_to,
    person,
    ...rest
  }: z.infer<typeof filterSchema>,
  viewer: Seeing,
): CommsFilter {
  return {
    ...rest,
    q: viewer.searched(rest.q),
    ...(person === undefined ? {} : { of: viewer.partOf(person) }),
    directions: direction,
    outcomes: outcome,
    customerId: customer_id,
    handledByMachine: handled_by_machine,
    durationFrom: duration_from,
    durationTo: duration_to,
  };
}
