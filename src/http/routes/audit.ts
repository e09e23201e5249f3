import { z } from 'zod';
import { noSuchEntry } from '../../acts/entry.ts';
import { partsOfStream, type RecordedEvent } from '../../domain/events.ts';
import { callRead, callsIn } from '../../domain/rawFactsRead.ts';
import { CommslogError } from '../../errors.ts';
import type { AuditTrail } from '../../ports/auditTrail.ts';
import type { History } from '../../ports/history.ts';
import { AGENTS, AUDITORS } from '../auth/principal.ts';
import { auditSchema, cursor, entryParams, limit, pageOf, recordedSchema } from '../contract/contract.ts';
import { download, NDJSON, ndjson } from '../files/download.ts';
import { pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Reply, type Route } from '../kit/route.ts';
import type { Seeing } from '../kit/viewer.ts';

const position = z.string().regex(/^\d{1,18}$/);
const auditKey = z.tuple([z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/), z.string().regex(/^\d{1,18}$/)]);

export type AuditDeps = {
  readonly history: History;
  readonly audit: AuditTrail;
  /** stored facts of a PBX → what it said, numbers and names replaced */
  readonly transcript: (facts: readonly RecordedEvent[]) => Buffer;
};

export function auditRoutes({ history, audit, transcript }: AuditDeps): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/comms/{id}/events',
      summary: 'The raw facts behind an entry, in the order in which they were heard; that they were read is recorded',
      roles: AUDITORS,
      params: entryParams,
      query: z.strictObject({ cursor, limit }),
      body: nothing,
      headers: z.object({
        accept: z
          .string()
          .optional()
          .meta({ description: `\`${NDJSON}\`: all of them` }),
      }),
      answers: {
        200: { description: `A page; as ${NDJSON} all of them, one a line`, schema: pageOf(recordedSchema) },
        308: { description: 'It turned out to be part of another entry: Location' },
      },
      handler: async ({ params: { id }, query, author, request, viewer, gone }): Promise<Reply> => {
        const who = await viewer();
        who.requireNumbers();
        const found = await factsSeen(who, history, id, gone);
        if (!found) throw noSuchEntry();
        if (found.kind === 'moved') return movedTo(found.currentId, 'events');
        const data = callRead({ id, occurred_at: found.occurredAt });
        await audit.record({ type: 'RawFactsRead', data }, author);
        if (request.accepts(['application/json', NDJSON]) === NDJSON) {
          return download({ type: NDJSON, filename: `${id}.ndjson` }, ndjson(found.events.map(shown)));
        }
        return pageReply({ ...query, url: request.originalUrl }, { events: id }, position, async (after, limit) =>
          pageOfEvents(found.events, after, limit),
        );
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/comms/{id}/transcript',
      summary: 'What the PBX said about a call, numbers and names replaced, as `commslog explain` reads it',
      roles: AGENTS,
      params: entryParams,
      query: nothing,
      body: nothing,
      answers: {
        200: { description: 'A transcript of AMI', type: 'text/plain', schema: z.string() },
        308: { description: 'It turned out to be part of another entry: Location' },
      },
      handler: async ({ params: { id }, viewer, gone }): Promise<Reply> => {
        const found = await factsSeen(await viewer(), history, id, gone);
        if (!found) throw noSuchEntry();
        if (found.kind === 'moved') return movedTo(found.currentId, 'transcript');
        const facts = found.events.filter(({ stream }) => partsOfStream(stream).kind === 'call');
        if (facts.length === 0) throw new CommslogError('NOT_FOUND', 'No PBX has said anything about this entry.');
        return download({ type: 'text/plain', filename: `${id}.txt` }, onePiece(transcript(facts)));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/audit',
      summary: 'Who read the raw facts of which calls, or exported something, the newest first',
      roles: AUDITORS,
      params: nothing,
      query: z.strictObject({ cursor, limit }),
      body: nothing,
      answers: { 200: { description: 'A page', schema: pageOf(auditSchema) } },
      handler: async ({ query, request, viewer, gone }) => {
        (await viewer()).requireAll();
        return pageReply({ ...query, url: request.originalUrl }, 'audit', auditKey, async (after, limit) => {
          const key = after && { month: after[0], revision: BigInt(after[1]) };
          const { items, next } = await audit.list(key, limit, gone);
          const nextKey: z.infer<typeof auditKey> | null = next && [next.month, `${next.revision}`];
          return { items: items.map(shownReading), next: nextKey };
        });
      },
    }),
  ];
}

/** Null where who asks does not see the entry. */
async function factsSeen({ seesAll, readModel }: Seeing, history: History, id: string, gone: AbortSignal) {
  return seesAll || (await readModel.get(id)) !== null ? history.factsBehind(id, gone) : null;
}

function pageOfEvents(events: readonly RecordedEvent[], after: string | null, limit: number) {
  const from = after === null ? 0 : events.findIndex((event) => `${event.position}` === after) + 1;
  if (after !== null && from === 0) throw new CommslogError('BAD_REQUEST', 'The cursor is not one of ours.');
  const items = events.slice(from, from + limit);
  const last = items.at(-1);
  return { items: items.map(shown), next: from + limit < events.length && last ? `${last.position}` : null };
}

function shown({ stream, revision, position, type, metadata, data }: RecordedEvent): z.infer<typeof recordedSchema> {
  const recordedAt = String(metadata.recorded_at);
  return {
    stream,
    revision: Number(revision),
    position: `${position}`,
    type,
    recorded_at: recordedAt,
    metadata: { ...metadata },
    data: { ...data },
  };
}

function shownReading(event: RecordedEvent): z.infer<typeof auditSchema> {
  return { ...shown(event), calls: [...callsIn(event.data)] };
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer, void> {
  yield bytes;
}

function movedTo(id: string, what: string): Reply {
  return { status: 308, headers: { Location: `/api/crm/comms/${id}/${what}` } };
}
