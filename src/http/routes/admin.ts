import { z } from 'zod';
import { toRfc3339 } from '../../domain/time.ts';
import type { PbxState } from '../../ports/pbxSource.ts';
import { AUDITORS } from '../auth/principal.ts';
import { pbxSchema } from '../contract.ts';
import { defineRoute, nothing, type Route } from '../route.ts';

export function adminRoutes(pbxStates: () => readonly PbxState[]): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/pbx',
      summary: 'How the connections to the PBXs are',
      roles: AUDITORS,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'One a PBX', schema: z.object({ items: z.array(pbxSchema) }) } },
      handler: () => ({ status: 200, json: { items: pbxStates().map(shown) } }),
    }),
  ];
}

function shown(state: PbxState): z.infer<typeof pbxSchema> {
  return {
    pbx: state.pbx,
    state: state.state,
    detail: state.detail,
    since: toRfc3339(state.since),
    last_heard_at: state.lastHeardAt === null ? null : toRfc3339(state.lastHeardAt),
    last_error: state.lastError,
    reconnects: state.reconnects,
    counts: { ...state.counts },
  };
}
