import type { Express } from 'express';
import type pg from 'pg';
import type { Clock } from '../ports/clock.ts';
import type { Dialling } from '../ports/dialling.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Health } from '../ports/health.ts';
import type { ReadModel } from '../ports/readModel.ts';
import type { Rebuilds } from '../ports/rebuilds.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import type { IssuerConfig } from './auth/issuer.ts';
import type { Principal } from './auth/principal.ts';
import { livingSignInSessions } from './auth/signInSessions.ts';
import { createMetrics } from './kit/metrics.ts';
import { mountRoutes } from './kit/mount.ts';
import { openApiDocument } from './kit/openapi.ts';
import { type OuterOptions, outerApp } from './kit/outerApp.ts';
import { problemHandler } from './kit/problem.ts';
import { type RateLimits, rateLimiters } from './kit/rateLimit.ts';
import type { Route } from './kit/route.ts';
import { seeingOf } from './kit/viewer.ts';
import { webFiles } from './kit/webFiles.ts';
import { createLiveFeed, type LiveFeed } from './live/feed.ts';
import { accessRoutes } from './routes/access.ts';
import { adminRoutes } from './routes/admin.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { type AuditDeps, auditRoutes } from './routes/audit.ts';
import { callBackRoutes } from './routes/callBacks.ts';
import { callerRoutes } from './routes/caller.ts';
import { callRoutes } from './routes/calls.ts';
import { commsRoutes } from './routes/comms.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { customerRoutes } from './routes/customers.ts';
import { diallingRoutes } from './routes/dialling.ts';
import { directoryRoutes } from './routes/directory.ts';
import { docsRoutes } from './routes/docs.ts';
import { exportRoutes } from './routes/export.ts';
import { liveRoutes } from './routes/live.ts';
import { operationRoutes } from './routes/operations.ts';
import { peopleImportRoutes } from './routes/peopleImport.ts';
import { placeRoutes } from './routes/places.ts';
import { rebuildRoutes } from './routes/rebuilds.ts';
import { reconcileRoutes } from './routes/reconcile.ts';
import { reportRoutes } from './routes/reports.ts';
import { settingRoutes } from './routes/settings.ts';
import { signInRoutes } from './routes/signIn.ts';

export type AppOptions = OuterOptions &
  AuditDeps & {
    readonly readModel: ReadModel;
    readonly log: EventStore;
    /** the database of sign-in sessions and links */
    readonly pool: pg.Pool;
    readonly clock: Clock;
    /** signs local tokens; at least 32 bytes */
    readonly secret: Uint8Array;
    readonly issuer: IssuerConfig | null;
    /** what a person types to call the program, where it runs */
    readonly programName: string;
    /** the data shown is made up */
    readonly demo: boolean;
    /** folder of the web app's files */
    readonly webDir: string;
    readonly rebuilds: Rebuilds;
    /** has calls begun */
    readonly dialling: Dialling;
    /** of all but the HTTP side, as it was measured last */
    readonly health: Health;
    readonly rateLimits: RateLimits;
  };

/** The whole HTTP side over an Express application, with the routes it has and the live feed that must be ended. */
export function createApp(options: AppOptions): { app: Express; routes: readonly Route[]; feed: LiveFeed } {
  const { readModel, rebuilds, log, pool, clock, logger, health } = options;
  const https = options.publicUrl?.startsWith('https:') === true;
  const authenticator = createAuthenticator(options);
  const feed = createLiveFeed({
    readModel,
    signedIn: (sessions) => livingSignInSessions(pool, sessions, clock.now()),
    clock,
    logger,
  });
  const metrics = createMetrics({ liveClients: feed.clients, figures: () => health.figures() });
  const writes = { log, readModel, clock };
  const routes: readonly Route[] = [
    ...liveRoutes(feed),
    ...commsRoutes(options),
    ...callRoutes(writes),
    ...callerRoutes(writes),
    ...callBackRoutes(writes),
    ...diallingRoutes({ ...writes, rebuilds, dialling: options.dialling, count: metrics.callRequested }),
    ...annotationRoutes(writes),
    ...customerRoutes({ ...writes, rebuilds }),
    ...directoryRoutes(writes),
    ...peopleImportRoutes(writes),
    ...accessRoutes({ ...writes, pool, publicUrl: options.publicUrl }),
    ...settingRoutes(writes),
    ...signInRoutes({ ...options, authenticator, feed, https }),
    ...auditRoutes(options),
    ...exportRoutes(options),
    ...rebuildRoutes(rebuilds),
    ...adminRoutes(readModel, rebuilds, health),
    ...coverageRoutes(options),
    ...reconcileRoutes(options),
    ...placeRoutes(readModel),
    ...reportRoutes(),
    ...operationRoutes({ health, metrics }),
    ...docsRoutes(() => openApiDocument(routes)),
  ];

  const app = outerApp(options, metrics.middleware);
  const limiters = rateLimiters(options.rateLimits);
  const viewer = (principal: Principal) => seeingOf(readModel, principal);
  app.use(mountRoutes(routes, { authenticator, limiters, viewer }));
  app.use(webFiles(options.webDir));
  app.use(problemHandler);
  return { app, routes, feed };
}
