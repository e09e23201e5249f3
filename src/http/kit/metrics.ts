import { performance } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PbxState } from '../../ports/pbxSource.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { stateOf } from './requestState.ts';

export type Metrics = {
  readonly contentType: string;
  text(): Promise<string>;
  /** measures every request, by route and not by URL */
  readonly middleware: RequestHandler;
};

/** Figures of this process: requests, live feeds, connections, the read model. */
export function createMetrics(options: {
  readModel: ReadModel;
  rebuilds: Pick<Rebuilds, 'waiting'>;
  pbxStates: () => readonly PbxState[];
  liveClients: () => number;
  postgresRestarts: (() => number) | null;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'commslog_http_request_seconds',
    help: 'HTTP requests by method, route and status; a live feed counts until it ends.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `commslog_${name}`, help, labelNames, registers: [registry] });
  const live = gauge('live_clients', 'Open live feeds.');
  const connected = gauge('pbx_connected', '1 while the PBX is connected.', ['pbx']);
  const reconnects = gauge('pbx_reconnects', 'Connections to the PBX after the first.', ['pbx']);
  const frames = gauge('pbx_frames', 'Frames of the PBX that were not stored, by what they were.', ['pbx', 'kind']);
  const position = gauge('read_model_position', 'Position in the log up to which the active read model stands.');
  const parked = gauge('read_model_parked', 'Events that could not be projected.');
  const rows = gauge('read_model_rows_estimate', 'Entries of the call log, as PostgreSQL estimates them.');
  const rebuilds = gauge(
    'rebuilds',
    'Rebuilds by state; waiting is 1 while changed rules or another program would give other rows.',
    ['state'],
  );

  const { postgresRestarts } = options;
  const restarts =
    postgresRestarts && gauge('embedded_postgres_restarts', 'Starts of the embedded PostgreSQL after the first.');

  async function collect(): Promise<void> {
    live.set(options.liveClients());
    if (postgresRestarts) restarts?.set(postgresRestarts());
    for (const state of options.pbxStates()) {
      connected.set({ pbx: state.pbx }, state.state === 'connected' ? 1 : 0);
      reconnects.set({ pbx: state.pbx }, state.reconnects);
      for (const [kind, count] of Object.entries(state.counts)) frames.set({ pbx: state.pbx, kind }, count);
    }
    const status = await options.readModel.status();
    position.set(Number(status.position));
    parked.set(status.parked);
    rows.set(status.estimatedRows);
    const { rebuild, building, ready } = await options.rebuilds.waiting();
    rebuilds.set({ state: 'waiting' }, rebuild === null ? 0 : 1);
    rebuilds.set({ state: 'building' }, building.length);
    rebuilds.set({ state: 'ready' }, ready.length);
  }

  return {
    contentType: registry.contentType,
    async text() {
      await collect();
      return registry.metrics();
    },
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
