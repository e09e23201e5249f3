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

const OF_MINE = `The same events of one's own calls alone, by the extensions that are one's own in the directory: a \`current\` call whose state is
\`ringing\` and that was not answered rings at one's own phone. \`GET /api/crm/calls/current/{id}\` tells who is calling. Of other
entries that change \`removed\` {id} is all that is told.`;

export function liveRoutes(feed: LiveFeed): Route[] {
  return [
    liveRoute(feed, {
      path: '/api/crm/comms/live',
      summary: 'Changed entries and calls in progress, as they happen',
      description: DESCRIPTION,
      isOwnAlone: false,
    }),
    liveRoute(feed, {
      path: '/api/crm/live/mine',
      summary: 'The same of one’s own calls alone: who is calling me',
      description: OF_MINE,
      isOwnAlone: true,
    }),
  ];
}

type Which = {
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly isOwnAlone: boolean;
};

function liveRoute(feed: LiveFeed, { path, summary, description, isOwnAlone }: Which): Route {
  return defineRoute({
    method: 'get',
    path,
    summary,
    roles: ANYONE,
    params: nothing,
    query: nothing,
    body: nothing,
    headers: z.object({ 'last-event-id': z.string().optional() }),
    answers: { 200: { description, type: 'text/event-stream', schema: z.string() } },
    handler: ({ principal, request }) => {
      const lastEventId = request.headers['last-event-id'];
      const after = typeof lastEventId === 'string' ? lastEventId : undefined;
      return { stream: (response) => feed.join(response, principal, after, isOwnAlone) };
    },
  });
}
