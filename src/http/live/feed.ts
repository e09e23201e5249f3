import type { Response } from 'express';
import type { Logger } from 'pino';
import type { Directory } from '../../domain/directory/directory.ts';
import { CommslogError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Change, ReadModel } from '../../ports/readModel.ts';
import type { Principal } from '../auth/principal.ts';
import { Viewer, viewerOf } from '../kit/viewer.ts';
import { changeEvent, resetEvent } from './changeEvents.ts';
import { type LiveClient, liveClient } from './client.ts';
import { createCurrentCalls } from './currentCalls.ts';
import { type FeedPosition, lastEventIdOf, parseLastEventId } from './feedPosition.ts';
import { createSendMissed } from './missed.ts';
import { portionsOf } from './portions.ts';
import { SSE_KEEP_ALIVE, ssePosition } from './sse.ts';
import { createTail } from './tail.ts';

const MAX_CLIENTS = 1_000;
const MAX_CLIENTS_OF_ONE = 10;
const KEEP_ALIVE_MS = 15_000;
/** All feeds end when the read model cannot be read for so long: who comes back is told so, and nobody takes silence for calm. */
const SILENT_MS = 60_000;
const KEEP_ALIVE = Buffer.from(SSE_KEEP_ALIVE);
const RECONNECT_MS = 2_000;

export type LiveFeed = {
  /**
   * Sends the feed to this response until either side ends it: what was missed since `lastEventId`, the calls in
   * progress, then every change; `isOwnAlone`: only of calls and entries in which they took part themselves. Errors, before anything is sent: `TOO_MANY_REQUESTS`, `DATABASE_UNAVAILABLE`.
   */
  join(response: Response, principal: Principal, lastEventId: string | undefined, isOwnAlone?: boolean): Promise<void>;
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
  readonly silentMs?: number;
}): LiveFeed {
  const { readModel, signedIn, clock, logger, keepAliveMs = KEEP_ALIVE_MS, silentMs = SILENT_MS } = options;
  const clients = new Set<LiveClient>();
  const currentCalls = createCurrentCalls();
  let keepAlive: NodeJS.Timeout | undefined;
  let closed = false;
  let asksWhoIsSignedIn = false;
  /** when the read model was read last, by `performance.now()` */
  let readAt = 0;
  let directory: Directory | null = null;

  const tail = createTail(
    readModel,
    {
      directory: know,
      changes: tellChanges,
      reset(position) {
        for (const client of clients) if (client.joined) sendReset(client, position);
      },
      marks: currentCalls.marks,
      current(since) {
        const before = currentCalls.moment();
        currentCalls.update(since);
        if (currentCalls.moment() === before) return;
        // the others are still being told, and hear of it then
        for (const client of clients) if (client.calls === before) void tellCalls(client);
      },
    },
    logger,
  );
  const sendMissed = createSendMissed(readModel, tail);

  async function viewer(principal: Principal, isOwnAlone?: boolean): Promise<Viewer> {
    return viewerOf(directory ?? (await readModel.directory()), principal, isOwnAlone);
  }

  function tellChanges(version: number, changes: readonly Change[]): void {
    const told = new Map<string, readonly Buffer[]>();
    for (const client of clients) {
      if (!client.joined) continue;
      // nearly all stand at the same place and see the same, and get the same bytes; who caught up beyond it has had some of these
      const next = changes.findIndex(({ seq }) => seq > client.seq);
      if (next === -1) continue;
      const { viewer } = client;
      const key = `${next} ${viewer.key}`;
      const portions =
        told.get(key) ?? portionsOf(changes.slice(next).map((change) => changeEvent(version, change, viewer)));
      told.set(key, portions);
      client.seq = changes.at(-1)?.seq ?? client.seq;
      for (const bytes of portions) client.write(bytes);
    }
  }

  /** Whose access was revoked leaves. What was told by another directory does not count any more; a client is told so, with the change that made it another. */
  function know(now: Directory): void {
    if (directory === now) return;
    directory = now;
    currentCalls.beginAnew();
    for (const client of clients) {
      const { principal } = client.viewer;
      client.viewer = new Viewer(now, principal, client.viewer.isOwnAlone);
      if (now.isRevoked(principal)) {
        client.end();
        continue;
      }
      if (client.calls === null) continue;
      client.calls = null;
      void tellCalls(client);
    }
  }

  function enter(client: LiveClient): void {
    const { sub } = client.viewer.principal;
    const ofOne = [...clients].filter((other) => other.viewer.principal.sub === sub).length;
    if (clients.size >= MAX_CLIENTS || ofOne >= MAX_CLIENTS_OF_ONE) {
      throw new CommslogError('TOO_MANY_REQUESTS', 'Too many live feeds are open; close one first.');
    }
    // nobody has read while there were none
    if (clients.size === 0) readAt = performance.now();
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

  /** Also the moment to end what may not go on: a token or session whose time is over, and all when nothing can be told. */
  function sendKeepAlive(): void {
    const isSilent = performance.now() - readAt >= silentMs;
    for (const client of clients) {
      if (isSilent || client.viewer.principal.expiresAt <= clock.now()) client.end();
      else if (client.joined) client.write(KEEP_ALIVE);
    }
    void read().catch(() => undefined);
    if (!asksWhoIsSignedIn) void endSignedOut();
  }

  async function read(): Promise<void> {
    await tail.refresh();
    readAt = performance.now();
  }

  /** Who signed out may have done so at another server. While the database does not say, nobody is sent away. */
  async function endSignedOut(): Promise<void> {
    const sessionOf = ({ viewer }: LiveClient) => viewer.principal.signInSession;
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

  /** Tells a client what it was not told of the calls in progress, no faster than it reads, until there is nothing more. */
  async function tellCalls(client: LiveClient): Promise<void> {
    let told = client.calls;
    let toldTo = client.viewer;
    client.calls = null;
    while (told !== currentCalls.moment() || toldTo !== client.viewer) {
      // to whom other calls are shown now all is told anew
      const portions = currentCalls.portionsSince(toldTo === client.viewer ? told : null, client.viewer);
      told = currentCalls.moment();
      toldTo = client.viewer;
      for (const bytes of portions) {
        client.write(bytes);
        if (!(await client.drained())) return;
      }
    }
    client.calls = told;
  }

  return {
    async join(response, principal, lastEventId, isOwnAlone) {
      // who left while being authenticated has closed already: no event would tell, and the place would be taken for ever
      if (response.destroyed) return;
      const client = liveClient(response, await viewer(principal, isOwnAlone));
      if (response.destroyed) return;
      enter(client);
      try {
        await read();
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
      const reached = lastEventIdOf({ version: position.version, seq: client.seq });
      client.write(Buffer.from(ssePosition(reached, RECONNECT_MS)));
      client.joined = true;
      await tellCalls(client);
    },
    endSignInSession(session) {
      for (const { viewer, end } of clients) if (viewer.principal.signInSession === session) end();
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
  client.write(Buffer.from(resetEvent(position)));
}
