import { z } from 'zod';
import type { Health } from '../../ports/health.ts';
import { ANYONE } from '../auth/principal.ts';
import { healthSchema, shownHealth } from '../contract/health.ts';
import type { Metrics } from '../kit/metrics.ts';
import { defineOpenRoute, defineRoute, nothing, type Route } from '../kit/route.ts';

/** What is answered to whoever asks whether the process answers. */
export const LIVES = { status: 'pass' } as const;

export function operationRoutes({ health, metrics }: { health: Pick<Health, 'report'>; metrics: Metrics }): Route[] {
  return [
    defineOpenRoute({
      method: 'get',
      path: '/livez',
      summary: 'Whether the process answers',
      rate: 'unlimited',
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'It does', schema: z.object({ status: z.literal('pass') }) } },
      handler: () => ({ status: 200, json: LIVES }),
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      summary: 'Whether it can do its work, and what waits; a PBX that is away is a warning only',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: {
        200: { description: 'pass or warn', type: 'application/health+json', schema: healthSchema },
        503: { description: 'fail', type: 'application/health+json', schema: healthSchema },
      },
      handler: () => {
        const shown = shownHealth(health.report());
        const status = shown.status === 'fail' ? 503 : 200;
        return { status, type: 'application/health+json', text: JSON.stringify(shown) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/metrics',
      summary: 'Figures for Prometheus',
      roles: ANYONE,
      params: nothing,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'Prometheus text format', type: 'text/plain', schema: z.string() } },
      handler: async () => ({ status: 200, type: metrics.contentType, text: await metrics.text() }),
    }),
  ];
}
