import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { allowOrigins } from './cors.ts';
import { allowHosts } from './hosts.ts';
import { requestLog } from './logging.ts';
import { securityHeaders } from './securityHeaders.ts';

export type OuterOptions = {
  readonly logger: Logger;
  /** how browsers reach us; null: by a loopback name */
  readonly publicUrl: string | null;
  readonly corsOrigins: readonly string[];
  /** addresses and networks whose `X-Forwarded-For` is believed; `loopback`: this machine */
  readonly trustProxy: readonly string[];
};

/** What every request goes through before anything answers it. `measure` sees those too that are refused here. */
export function outerApp(options: OuterOptions, measure?: RequestHandler): Express {
  const { logger, corsOrigins, trustProxy } = options;
  const publicUrl = options.publicUrl === null ? null : new URL(options.publicUrl);
  const app = express();
  app.disable('x-powered-by');
  // an answer's ETag is the version that If-Match wants; Express would make one of the bytes
  app.disable('etag');
  // whom a proxy speaks for only counts for rate limits
  app.set('trust proxy', [...trustProxy]);
  app.use(requestLog(logger));
  if (measure !== undefined) app.use(measure);
  app.use(securityHeaders(publicUrl?.protocol === 'https:'));
  app.use(allowHosts(publicUrl));
  app.use(allowOrigins(corsOrigins));
  return app;
}
