import type { Express, Response } from 'express';
import { CommslogError } from '../errors.ts';
import { shownHealth } from './contract/health.ts';
import { type OuterOptions, outerApp } from './kit/outerApp.ts';
import { problemHandler } from './kit/problem.ts';
import { LIVES } from './routes/operations.ts';

/** What answers while the program starts: that it lives, and to anybody that it is not ready, and why. Nobody else is asked. */
export function startingApp(options: OuterOptions, waitsFor: () => string): Express {
  const app = outerApp(options);
  app.get('/livez', (_request, response) => answer(response, 200, 'application/json', LIVES));
  app.get('/readyz', (_request, response) => {
    const health = shownHealth({ checks: { start: { status: 'fail', detail: waitsFor() } }, waiting: null });
    answer(response, 503, 'application/health+json', health);
  });
  app.use(() => {
    throw new CommslogError('STARTING', `commslog is starting: ${waitsFor()}.`);
  });
  app.use(problemHandler);
  return app;
}

function answer(response: Response, status: number, type: string, json: object): void {
  response.status(status).type(type).setHeader('Cache-Control', 'no-store').end(JSON.stringify(json));
}
