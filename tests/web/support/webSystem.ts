import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { createReplayServer, liveSource } from '../../../src/adapters/ami/index.ts';
import type { Role } from '../../../src/domain/events.ts';
import { toRfc3339 } from '../../../src/domain/time.ts';
import { shownPbx } from '../../../src/health/index.ts';
import { createSignInLink, type HttpServer } from '../../../src/http/index.ts';
import { type Listener, startListener } from '../../../src/listening/index.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import type { Health } from '../../../src/ports/health.ts';
import { httpOf } from '../../http/support/httpOf.ts';
import { healthThatSays, type System, startSystem } from '../../http/support/system.ts';
import { launchChromium } from '../../support/chromium.ts';
import { eventually } from '../../support/eventually.ts';
import { logLines } from '../../support/logLines.ts';
import { temporaryJournal } from '../../support/temporaryJournal.ts';
import { builtWeb } from './builtWeb.ts';

/** No step of a person takes so long. */
const WAIT_MS = 20_000;
const HEARD_MS = 120_000;
const CREDENTIALS = { username: 'web', secret: 'web' };

export type WebSystem = {
  readonly system: System;
  readonly browser: Browser;
  readonly url: string;
  /** a new browser profile, signed in by a one-time link, on the page `path` */
  signedIn(role: Role, path?: string, options?: BrowserContextOptions): Promise<Page>;
  /** connects a PBX that plays recordings of `demo/`, each once as a call of now */
  hear(recordings: readonly string[], pace?: 'recorded' | 'fast'): Promise<void>;
  /** when all that was played is in the log and projected */
  heard(): Promise<void>;
  register(id: string, name: string, ...numbers: string[]): Promise<void>;
  /** stops the HTTP side; `start` brings it back under the same address */
  stopHttp(): Promise<void>;
  startHttp(): Promise<void>;
  close(): Promise<void>;
};

/** The built app in real Chromium before the real server, PostgreSQL, projector and listener. */
export async function startWebSystem(said: Partial<Health> = {}): Promise<WebSystem> {
  const pbxs: { listener: Listener; isPlayed(): boolean; close(): Promise<void> }[] = [];
  const shown = () => {
    const states = pbxs.map(({ listener }) => listener.state());
    const ids = states.map(({ pbx }) => pbx);
    const around = alone(ids);
    return ids.map((pbx) => shownPbx(pbx, { ...around, pbxs: states }));
  };
  const system = await startSystem({ webDir: builtWeb(), health: healthThatSays({ pbxs: shown, ...said }) });
  const browser = await launchChromium();
  const contexts: BrowserContext[] = [];
  let http: HttpServer = system.http;
  const url = `http://127.0.0.1:${system.port}`;
  return {
    system,
    browser,
    url,
    async signedIn(role, path = '/', options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
      contexts.push(context);
      context.setDefaultTimeout(WAIT_MS);
      const page = await context.newPage();
      const link = await createSignInLink(system.pool, { sub: role, role, baseUrl: url, now: system.clock.now() });
      await page.goto(link);
      await page.getByRole('navigation').waitFor();
      if (path !== '/') await page.goto(url + path);
      return page;
    },
    async hear(recordings, pace = 'fast') {
      const files = recordings.map((name) => fileURLToPath(new URL(`../../../demo/${name}.txt`, import.meta.url)));
      const server = await createReplayServer({ recordings: files, credentials: CREDENTIALS, pace, shift: true });
      const { logger } = logLines();
      const { host, port } = server;
      const pbx = `web${pbxs.length}`;
      const source = liveSource({ pbx, host, port, ...CREDENTIALS, clock: systemClock, logger });
      const journal = await temporaryJournal();
      const listener = startListener({ source, journal, log: system.log, clock: systemClock, logger, app: '0.0.0' });
      pbxs.push({
        listener,
        isPlayed: () => server.played() === files.length,
        async close() {
          await listener.stop();
          await server.close();
        },
      });
    },
    async heard() {
      await eventually('all is played and stored', () => pbxs.every(hasHeard), HEARD_MS);
      await system.projector.reach(await system.log.head());
    },
    async register(id, name, ...numbers) {
      const body = { name, numbers: numbers.map((number) => ({ number })) };
      const token = await system.token('agent');
      const { status } = await system.ask({ method: 'PUT', path: `/api/crm/customers/${id}`, token, body });
      if (status !== 201) throw new Error(`registering ${id} was answered with ${status}`);
    },
    stopHttp: () => http.close(),
    async startHttp() {
      http = httpOf(system.options);
      await http.listen({ host: '127.0.0.1', port: system.port });
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await Promise.all(pbxs.map((pbx) => pbx.close()));
      await http.close();
      await system.close();
    },
  };
}

/** A server that has the leases on these PBXs. */
function alone(pbxs: readonly string[]) {
  const startedAt = toRfc3339(systemClock.now());
  const does = { pbxs, projects: true };
  return {
    self: { id: 'web', name: 'web', program: '0.0.0', startedAt, does, fingerprints: {} },
    leases: new Map(pbxs.map((pbx) => [`pbx:${pbx}`, 'held'] as const)),
    servers: { last: null, trouble: null },
    at: systemClock.now(),
  };
}

function hasHeard({ isPlayed, listener }: { isPlayed(): boolean; listener: Listener }): boolean {
  const { stored, journal } = listener.state();
  return isPlayed() && stored > 0 && journal.records === 0;
}
