import type { Request } from 'express';
import { z } from 'zod';
import { assignEntry, unassignEntry } from '../../acts/assign.ts';
import type { ChangedEntry, EntryChange } from '../../acts/changeEntry.ts';
import { correctEntry, voidEntry } from '../../acts/correct.ts';
import type { ActDeps } from '../../acts/deps.ts';
import { markEntries, markEntry } from '../../acts/mark.ts';
import { mergeEntries, splitEntries } from '../../acts/merge.ts';
import { noteEntry, removeNoteOfEntry } from '../../acts/note.ts';
import type { Author } from '../../domain/events.ts';
import { AGENTS } from '../auth/principal.ts';
import {
  addNoteBody,
  assignBody,
  correctBody,
  markBody,
  markedSchema,
  mergeBody,
} from '../contract/annotationContract.ts';
import { entryParams, entrySchema, ifMatchHeader, uuid } from '../contract/contract.ts';
import { etagOf, preconditionOf } from '../kit/etag.ts';
import { idempotencyKeyHeader, idempotencyKeyOf } from '../kit/idempotencyKey.ts';
import { defineRoute, nothing, type Reply, type Route } from '../kit/route.ts';
import { asSeen, type Seeing } from '../kit/viewer.ts';

/** What people say of an entry that they see; an id that it had before leads to it. */
export function annotationRoutes(deps: ActDeps): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/api/crm/comms/{id}/customer',
      summary: 'Assign the call to a customer, known or new: that wins over every rule',
      ...onEntry,
      query: nothing,
      body: assignBody,
      handler: async ({ body, ...input }) => {
        const { customer_id, customer, remember_number } = body;
        const change = changeOf(input);
        return written(
          input,
          await assignEntry(asSeen(deps, await input.viewer()), change, {
            customerId: customer?.id ?? customer_id ?? '',
            name: customer?.name ?? null,
            withNumber: customer !== undefined || remember_number === true,
          }),
        );
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/crm/comms/{id}/customer',
      summary: 'Say that the call is no customer’s',
      ...onEntry,
      query: nothing,
      body: nothing,
      handler: async (input) =>
        written(input, await unassignEntry(asSeen(deps, await input.viewer()), changeOf(input))),
    }),
    ...[true, false].map((done) =>
      defineRoute({
        method: done ? 'put' : 'delete',
        path: '/api/crm/comms/{id}/done',
        summary: done ? 'Take the call off the work list' : 'Put the call back on the work list',
        ...onEntry,
        query: nothing,
        body: nothing,
        handler: async (input) =>
          written(input, await markEntry(asSeen(deps, await input.viewer()), changeOf(input), done)),
      }),
    ),
    defineRoute({
      method: 'post',
      path: '/api/crm/comms/done',
      summary: 'Take calls off the work list, or put them back, in bulk',
      roles: AGENTS,
      params: nothing,
      query: nothing,
      body: markBody,
      answers: {
        200: { description: 'What came of each', schema: z.object({ items: z.array(markedSchema) }) },
      },
      handler: async ({ body, author, viewer }) => {
        const items = await markEntries(asSeen(deps, await viewer()), body, author);
        return { status: 200, json: { items } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/crm/comms/{id}/notes',
      summary: 'Add a note',
      ...onEntry,
      query: nothing,
      body: addNoteBody,
      headers: idempotencyKeyHeader.extend(ifMatchHeader.shape),
      answers: { 201: { description: 'The entry', schema: entrySchema } },
      handler: async ({ body, ...input }) =>
        written(
          input,
          await noteEntry(
            asSeen(deps, await input.viewer()),
            changeOf(input),
            body.text,
            idempotencyKeyOf(input.request),
          ),
          201,
        ),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/crm/comms/{id}/notes/{note}',
      summary: 'Remove a note; another person’s where the settings let',
      ...onEntry,
      params: entryParams.extend({ note: uuid }),
      query: nothing,
      body: nothing,
      handler: async (input) =>
        written(input, await removeNoteOfEntry(asSeen(deps, await input.viewer()), changeOf(input), input.params.note)),
    }),
    defineRoute({
      method: 'put',
      path: '/api/crm/comms/{id}/merge',
      summary: 'Say that a call logged by hand is this one, which a PBX told: they are one entry then',
      ...onEntry,
      query: nothing,
      body: mergeBody,
      handler: async ({ body, ...input }) =>
        written(input, await mergeEntries(asSeen(deps, await input.viewer()), changeOf(input), body.manual_id)),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/crm/comms/{id}/merge',
      summary: 'Say that the two are not the same after all',
      ...onEntry,
      query: mergeBody,
      body: nothing,
      handler: async (input) =>
        written(input, await splitEntries(asSeen(deps, await input.viewer()), changeOf(input), input.query.manual_id)),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/crm/comms/{id}',
      summary: 'Correct a call that was logged by hand, or make it void; another person’s notes where the settings let',
      ...onEntry,
      query: nothing,
      body: correctBody,
      answers: { ...onEntry.answers, 204: { description: 'It is void: gone from the log of calls' } },
      handler: async ({ body: { void: isVoid, ...correction }, ...input }): Promise<Reply> => {
        if (!isVoid)
          return written(input, await correctEntry(asSeen(deps, await input.viewer()), changeOf(input), correction));
        await voidEntry(asSeen(deps, await input.viewer()), changeOf(input));
        return { status: 204 };
      },
    }),
  ];
}

const onEntry = {
  roles: AGENTS,
  params: entryParams,
  headers: ifMatchHeader,
  answers: { 200: { description: 'The entry as it is now; its ETag is for If-Match', schema: entrySchema } },
};

type EntryInput = {
  readonly params: { readonly id: string };
  readonly request: Request;
  readonly author: Author;
  readonly viewer: () => Promise<Seeing>;
};

function changeOf({ params, request, author }: EntryInput): EntryChange {
  return { id: params.id, onlyIf: preconditionOf(request), author };
}

async function written({ viewer }: EntryInput, { version, entry }: ChangedEntry, status = 200): Promise<Reply> {
  const headers = { ETag: etagOf(version), Location: `/api/crm/comms/${entry.id}` };
  return { status, headers, json: (await viewer()).show(entry) };
}
