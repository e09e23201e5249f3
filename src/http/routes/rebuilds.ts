import { z } from 'zod';
import { withPlace } from '../../domain/unknownPlaces.ts';
import type { InVersion, Page } from '../../ports/readModel.ts';
import type { DiffFilter, DiffItem, Rebuilds } from '../../ports/rebuilds.ts';
import { ADMINS, AUDITORS } from '../auth/principal.ts';
import { uuid } from '../contract/contract.ts';
import { placeSchema } from '../contract/placesContract.ts';
import {
  activateBody,
  diffQuery,
  diffSchema,
  rebuildSchema,
  requestRebuildBody,
  rulesInForceSchema,
  shownDiff,
  shownDiffItem,
  shownRebuild,
  shownRulesInForce,
  versionParams,
} from '../contract/rebuildContract.ts';
import { DIFF_HEAD, diffLines } from '../files/diffTable.ts';
import { download } from '../files/download.ts';
import { inVersion, pageReply } from '../kit/paging.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

/** Rows of a table that are in memory at once. */
const ROWS_AT_ONCE = 500;

export function rebuildRoutes(rebuilds: Rebuilds): Route[] {
  const path = '/api/admin/rebuilds/{version}';
  const one = { 200: { description: 'The version', schema: rebuildSchema } };
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/rules',
      summary: 'The rules in force, and what waits for a rebuild',
      roles: AUDITORS,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'Rules', schema: rulesInForceSchema } },
      handler: async () => ({ status: 200, json: shownRulesInForce(await rebuilds.rulesInForce()) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/rules/unknown',
      summary: 'Contexts and endpoints of the latest calls that no rule knows, and the rules with each',
      roles: AUDITORS,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'Those of most calls first', schema: z.object({ items: z.array(placeSchema) }) } },
      handler: async () => {
        const { rules } = (await rebuilds.rulesInForce()).active;
        const places = await rebuilds.placesToKnow();
        return { status: 200, json: { items: places.map((place) => ({ ...place, rules: withPlace(rules, place) })) } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/rebuilds',
      summary: 'The versions of the read model, newest first',
      roles: ADMINS,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'All of them', schema: z.object({ items: z.array(rebuildSchema) }) } },
      handler: async () => ({ status: 200, json: { items: (await rebuilds.list()).map(shownRebuild) } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/rebuilds',
      summary: 'Build the next version beside the active one; nothing is switched',
      roles: ADMINS,
      params: nothing,
      query: nothing,
      body: requestRebuildBody,
      answers: { 202: { description: 'It is being built', schema: rebuildSchema } },
      handler: async ({ body, author }) => {
        const rebuild = await rebuilds.request(body.rules ?? null, 'api', author);
        const headers = { Location: `/api/admin/rebuilds/${rebuild.version}` };
        return { status: 202, headers, json: shownRebuild(rebuild) };
      },
    }),
    defineRoute({
      method: 'get',
      path,
      summary: 'One version, with its progress while it is being built',
      roles: ADMINS,
      params: versionParams,
      query: nothing,
      body: nothing,
      answers: one,
      handler: async ({ params }) => ({ status: 200, json: shownRebuild(await rebuilds.get(params.version)) }),
    }),
    defineRoute({
      method: 'delete',
      path,
      summary: 'Throw a version away, also while it is being built; never the active one',
      roles: ADMINS,
      params: versionParams,
      query: nothing,
      body: nothing,
      answers: { 204: { description: 'It is gone' } },
      handler: async ({ params }) => {
        await rebuilds.drop(params.version);
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'get',
      path: `${path}/diff`,
      summary: 'What readers would see otherwise: counts, and each row before and after',
      roles: ADMINS,
      params: versionParams,
      query: diffQuery,
      body: nothing,
      answers: {
        200: {
          description:
            'Counts as far as they have come (`counted`): who asks for a first page again has more. A page, of fewer rows than `limit` or none while `has_more` says that there may be others; as CSV all of it',
          schema: diffSchema,
        },
      },
      handler: async ({ params: { version }, query: { kind, field, format, cursor, limit }, request }) => {
        const filter = { ...(kind === undefined ? {} : { kind }), ...(field === undefined ? {} : { field }) };
        if (format === 'csv') {
          return download(
            { type: 'text/csv', filename: `changes-of-${version}.csv` },
            table(rebuilds, version, filter),
          );
        }
        if (format === 'counts') {
          const page = { next_cursor: null, has_more: false };
          return { status: 200, json: { ...shownDiff(await rebuilds.diff(version)), items: [], page } };
        }
        return pageReply(
          { cursor, limit, url: request.originalUrl },
          [version, filter],
          inVersion(uuid),
          async (after, most) => {
            const diff = after ? rebuilds.countedDiff(version, after.version) : rebuilds.diff(version);
            const beside = shownDiff(await diff);
            const { items, next } = await rebuilds.diffItems(version, filter, after, most);
            return { items: items.map(shownDiffItem), next, beside };
          },
        );
      },
    }),
    defineRoute({
      method: 'post',
      path: `${path}/activate`,
      summary: 'Let readers see this version from now on; the one before is kept',
      roles: ADMINS,
      params: versionParams,
      query: nothing,
      body: activateBody,
      answers: {
        ...one,
        409: {
          description: 'It is not built, it is behind (REBUILD_BEHIND) or events are parked (REBUILD_HAS_PARKED)',
        },
      },
      handler: async ({ params, body, author }) => {
        const rebuild = await rebuilds.activate(params.version, body, author);
        return { status: 200, json: shownRebuild(rebuild) };
      },
    }),
    defineRoute({
      method: 'post',
      path: `${path}/rollback`,
      summary: 'Go back from this version, which is active, to the one before',
      roles: ADMINS,
      params: versionParams,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'The version that is active now', schema: rebuildSchema } },
      handler: async ({ params, author }) => {
        const rebuild = await rebuilds.rollback(params.version, author);
        return { status: 200, json: shownRebuild(rebuild) };
      },
    }),
  ];
}

async function* table(rebuilds: Rebuilds, version: number, filter: DiffFilter): AsyncGenerator<string, void> {
  yield DIFF_HEAD;
  let after: InVersion<string> | null = null;
  do {
    const next: Page<DiffItem, InVersion<string>> = await rebuilds.diffItems(version, filter, after, ROWS_AT_ONCE);
    yield diffLines(next.items);
    after = next.next;
  } while (after !== null);
}
