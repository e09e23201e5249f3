import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AppOptions, createApp } from './app.ts';
import type { OuterOptions } from './kit/outerApp.ts';
import { RATE_LIMITS } from './kit/rateLimit.ts';
import { answerWithin } from './kit/sockets.ts';
import { startingApp } from './startingApp.ts';

const MAX_CONNECTIONS = 2_000;
/** Of them so many may ask for nothing, and so many be open while some do not read: there is always room for others. */
const MOST = { idle: 1_000, open: 1_900 };
/** How often it is looked who takes longer than the two time limits. */
const LOOK_EVERY_MS = 5_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** What is still being answered when we stop may take so long; the program stops within 5 s. */
const CLOSE_TIMEOUT_MS = 3_000;
const CLOSE_IDLE_EVERY_MS = 50;

export type HttpOptions = Omit<AppOptions, 'rateLimits'> & Partial<Pick<AppOptions, 'rateLimits'>>;

export type HttpServer = {
  /** Listens; port 0 takes a free one. Errors: what Node says, `EADDRINUSE` for one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** From now on everything is answered, with what has come to be there. */
  serve(options: HttpOptions): void;
  /** Ends live feeds at once, lets answers finish for up to 3 s, then closes whatever is open. */
  close(): Promise<void>;
};

/**
 * The HTTP side of commslog (design §10): API, live feed, documentation, web files. Until it is told to `serve`, it answers
 * that it lives, and that it is not ready since it waits for what `waitsFor` says in words (no address, no secret).
 */
export function createHttp(options: OuterOptions, waitsFor: () => string): HttpServer {
  let answer: RequestListener = startingApp(options, waitsFor);
  let endFeed = () => {};
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  };
  const server = createServer(limits);
  server.maxConnections = MAX_CONNECTIONS;
  answerWithin(server, MOST, (request, response) => answer(request, response));

  return {
    async listen({ host, port }) {
      server.listen(port, host);
      await once(server, 'listening');
      const address = server.address();
      return { port: typeof address === 'object' && address ? address.port : port };
    },
    serve(served) {
      const { app, feed } = createApp({ rateLimits: RATE_LIMITS, ...served });
      answer = app;
      endFeed = () => feed.close();
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      endFeed();
      // a connection becomes idle when its answer ends, and would then be kept alive
      const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
      const late = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}
