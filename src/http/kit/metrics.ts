import { performance } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Figure } from '../../ports/health.ts';
import { stateOf } from './requestState.ts';

/** What became of a request to begin a call, as far as who asked was told at once. */
export type CallResult = 'asked' | 'refused' | 'not_taken';

export type Metrics = {
  readonly contentType: string;
  text(): Promise<string>;
  readonly callRequested: (result: CallResult) => void;
  /** measures every request, by route and not by URL */
  readonly middleware: RequestHandler;
};

/** Figures of this process: requests and live feeds, and what `figures` says of everything else. Nobody is asked for them. */
export function createMetrics(options: {
  readonly liveClients: () => number;
  readonly figures: () => readonly Figure[];
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'commslog_http_request_seconds',
    help: 'HTTP requests by method, route and status; a live feed counts until it ends.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const calls = new Counter({
    name: 'commslog_calls_requested_total',
    help: 'Calls that people wanted to be begun here: asked of the phone system, refused, or taken by no server.',
    labelNames: ['result'],
    registers: [registry],
  });
  new Gauge({
    name: 'commslog_live_clients',
    help: 'Open live feeds.',
    registers: [registry],
    collect() {
      this.set(options.liveClients());
    },
  });

  return {
    contentType: registry.contentType,
    text: async () => (await registry.metrics()) + (await inText(options.figures())),
    callRequested: (result) => calls.inc({ result }),
    middleware: (request, response, next) => {
      const started = performance.now();
      response.once('close', () => {
        const labels = { method: request.method, route: stateOf(request).route ?? 'none', status: response.statusCode };
        requests.observe(labels, (performance.now() - started) / 1000);
      });
      next();
    },
  };
}

/** In gauges of this one time, so that what is not known any more is left out. */
function inText(figures: readonly Figure[]): Promise<string> {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  for (const { name, help, labels, value } of figures) {
    const gauge =
      gauges.get(name) ??
      new Gauge({ name: `commslog_${name}`, help, labelNames: Object.keys(labels), registers: [registry] });
    gauges.set(name, gauge);
    gauge.set(labels, value);
  }
  return registry.metrics();
}
