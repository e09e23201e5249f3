import type { Response } from 'express';
import type { Logger } from 'pino';
import { CommslogError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Change, ReadModel } from '../../ports/readModel.ts';
import type { Principal } from '../auth/principal.ts';
import { type LiveClient, liveClient } from './client.ts';
import { createCurrentCalls } from './currentCalls.ts';
import { type FeedPosition, lastEventIdOf, parseLastEventId } from './feedPosition.ts';
import { SSE_KEEP_ALIVE, sseEvent, ssePosition } from './sse.ts';
import { BATCH, createTail } from './tail.ts';

const MAX_CLIENTS = 500;
const MAX_CLIENTS_OF_ONE = 10;
/** Who missed more than this reads the list anew, which is cheaper for both. */
const MAX_MISSED = 1_000n;
const KEEP_ALIVE_MS = 15_000;
const RECONNECT_MS = 2_000;

export type LiveFeed = {
  /**
   * Sends the feed to this response until either side ends it: what was missed since `lastEventId`, the calls in
   * progress, then every change. Errors, before anything is sent: `TOO_MANY_REQUESTS`, `DATABASE_UNAVAILABLE`.
   */
  join(response: Response, principal: Principal, lastEventId: string | undefined): Promise<void>;
  /** Ends the feeds of a sign-in session that is over. */
  endSignInSession(session: string): void;
  clients(): number;
  /** Ends all feeds, also those that come later. */
  close(): void;
};

/** One reader of the read model for all clients; it rests while there are none. */
export function createLiveFeed(options: {
  readonly readModel: ReadModel;
  /** those of some sign-in sessions that go on */
  readonly signedIn: (sessions: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keepAliveMs?: number;
}): LiveFeed {
  const { readModel, signedIn, clock, logger, keepAliveMs = KEEP_ALIVE_MS } = options;
  const clients = new Set<LiveClient>();
  const currentCalls = createCurrentCalls();
  let keepAlive: NodeJS.Timeout | undefined;
  let closed = false;
  let asksWhoIsSignedIn = false;

  const tail = createTail(
    readModel,
    {
      change(version, change) {
        const text = changeEvent(version, change);
        for (const client of clients) {
          if (!client.joined || client.seq >= change.seq) continue;
          client.seq = change.seq;
          client.write(text);
        }
      },
      reset(position) {
        for (const client of clients) if (client.joined) sendReset(client, position);
      },
      current(calls) {
        const changed = currentCalls.update(calls);
        if (!changed) return;
        for (const client of clients) if (client.joined) client.write(sseEvent({ event: 'current', data: changed }));
      },
    },
    logger,
  );

  function enter(client: LiveClient): void {
    const { sub } = client.principal;
    const ofOne = [...clients].filter((other) => other.principal.sub === sub).length;
    if (clients.size >= MAX_CLIENTS || ofOne >= MAX_CLIENTS_OF_ONE) {
      throw new CommslogError('TOO_MANY_REQUESTS', 'Too many live feeds are open; close one first.');
    }
    clients.add(client);
    client.gone.addEventListener('abort', () => leave(client), { once: true });
    keepAlive ??= setInterval(sendKeepAlive, keepAliveMs);
    tail.start();
  }

  function leave(client: LiveClient): void {
    clients.delete(client);
    if (clients.size > 0) return;
    tail.stop();
    clearInterval(keepAlive);
    keepAlive = undefined;
  }

  /** Also the moment to end what may not go on: a token or session whose time is over. */
  function sendKeepAlive(): void {
    for (const client of clients) {
      if (client.principal.expiresAt <= clock.now()) client.end();
      else if (client.joined) client.write(SSE_KEEP_ALIVE);
    }
    if (!asksWhoIsSignedIn) void endSignedOut();
  }

  /** Who signed out may have done so at another server. While the database does not say, nobody is sent away. */
  async function endSignedOut(): Promise<void> {
    const sessionOf = ({ principal }: LiveClient) => principal.signInSession;
    const sessions = new Set([...clients].map(sessionOf).filter((session) => session !== null));
    if (sessions.size === 0) return;
    asksWhoIsSignedIn = true;
    const living = await signedIn([...sessions]).catch(() => sessions);
    asksWhoIsSignedIn = false;
    for (const client of clients) {
      const session = sessionOf(client);
      // one that came meanwhile was not asked for
      if (session !== null && sessions.has(session) && !living.has(session)) client.end();
    }
  }

  /** Sends what a client missed since `from`. False when that cannot be told any more, or is too much. */
  async function sendMissed(client: LiveClient, from: FeedPosition): Promise<boolean> {
    client.seq = from.seq;
    for (let position = tail.position(); position?.version === from.version; position = tail.position()) {
      // a batch may reach beyond the position where the others stand; they get there, and this client skips till then
      if (client.seq >= position.seq) return client.seq > from.seq || from.seq === position.seq;
      if (position.seq - client.seq > MAX_MISSED) return false;
      const changes = await readModel.changes(from.version, client.seq, BATCH);
      const last = changes?.at(-1);
      if (!changes || !last) return false;
      for (const change of changes) client.write(changeEvent(from.version, change));
      client.seq = last.seq;
      await client.drained();
    }
    return false;
  }

  return {
    async join(response, principal, lastEventId) {
      // who left while being authenticated has closed already: no event would tell, and the place would be taken for ever
      if (response.destroyed) return;
      const client = liveClient(response, principal);
      enter(client);
      try {
        await tail.refresh();
      } catch (error) {
        leave(client);
        throw error;
      }
      response.status(200).type('text/event-stream').setHeader('X-Accel-Buffering', 'no');
      response.flushHeaders();
      const from = parseLastEventId(lastEventId ?? '');
      const resumed = from !== null && (await sendMissed(client, from).catch(() => false));
      const position = tail.position();
      if (closed || client.gone.aborted || !position) return client.end();
      if (lastEventId !== undefined && !resumed) sendReset(client, position);
      if (!resumed) client.seq = position.seq;
      client.write(ssePosition(lastEventIdOf({ version: position.version, seq: client.seq }), RECONNECT_MS));
      client.write(sseEvent({ event: 'current', data: currentCalls.whole() }));
      client.joined = true;
    },
    endSignInSession(session) {
      for (const client of clients) if (client.principal.signInSession === session) client.end();
    },
    clients: () => clients.size,
    close() {
      closed = true;
      for (const client of clients) client.end();
    },
  };
}

function sendReset(client: LiveClient, position: FeedPosition): void {
  client.seq = position.seq;
  client.write(sseEvent({ id: lastEventIdOf(position), event: 'reset', data: {} }));
}

/** A change of version `version` as clients get it: `upsert` with the entry, `removed`, or `merged` with the id it went into. */
function changeEvent(version: number, { seq, id, kind, entry, currentId }: Change): string {
  const eventId = lastEventIdOf({ version, seq });
  if (kind === 'merged') return sseEvent({ id: eventId, event: kind, data: { id, current_id: currentId } });
  // an entry that is gone by now: whoever was told of it hears so once, and again by its own change
  if (kind === 'removed' || !entry) return sseEvent({ id: eventId, event: 'removed', data: { id } });
  return sseEvent({ id: eventId, event: kind, data: { entry: entry } });
}
