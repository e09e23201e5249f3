import { z } from 'zod';
import { ANYONE } from '../auth/principal.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import type { LiveFeed } from '../live/feed.ts';

const DESCRIPTION = `Server-sent events. \`upsert\` {entry: ListedCommsEntry}, \`removed\` {id} and \`merged\` {id, current_id}
carry an id and are resumed by Last-Event-ID; \`reset\` says that this is not possible, or that more than some hundred entries
have changed together: read the list anew.
\`current\` {whole, part, of, calls, ended} has no id: all calls in progress on connecting (whole: true), then those that
changed or ended. What is too much for one event comes in parts (1 to of), one after the other; of a whole all parts together
are all calls. Who leaves more than 1 MB unread, or reads nothing for a minute, is disconnected and resumes by Last-Event-ID;
so is everybody when the database cannot be read for a minute.`;

export function liveRoutes(feed: LiveFeed): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/comms/live',
      summary: 'Changed entries and calls in progress, as they happen',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      headers: z.object({ 'last-event-id': z.string().optional() }),
      answers: { 200: { description: DESCRIPTION, type: 'text/event-stream', schema: z.string() } },
      handler: ({ principal, request }) => {
        const lastEventId = request.headers['last-event-id'];
        return {
          stream: (response) =>
            feed.join(response, principal, typeof lastEventId === 'string' ? lastEventId : undefined),
        };
      },
    }),
  ];
}
