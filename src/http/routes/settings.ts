import type { ActDeps } from '../../acts/deps.ts';
import { changeSettings, readSettings } from '../../acts/settings.ts';
import { changedSettingsSchema, settingsSchema } from '../../domain/settings.ts';
import { ADMINS, ANYONE } from '../auth/principal.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

/** Settings that decide no row: who may do what. */
export function settingRoutes(deps: ActDeps): Route[] {
  const path = '/api/crm/settings';
  const answers = { 200: { description: 'Those in force', schema: settingsSchema } };
  return [
    defineRoute({
      method: 'get',
      path,
      summary: 'The settings in force that decide no row',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers,
      handler: async () => ({ status: 200, json: await readSettings(deps) }),
    }),
    defineRoute({
      method: 'put',
      path,
      summary: 'Put settings in force that decide no row, at once and without a rebuild; what is absent stays as it is',
      roles: ADMINS,
      params: nothing,
      query: nothing,
      body: changedSettingsSchema,
      answers,
      handler: async ({ body, author }) => ({ status: 200, json: await changeSettings(deps, body, author) }),
    }),
  ];
}
