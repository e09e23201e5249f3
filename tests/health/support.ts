import type { Micros } from '../../src/domain/time.ts';
import type { Measures } from '../../src/health/measures.ts';
import type { ListenerState } from '../../src/listening/index.ts';
import type { GapFigures } from '../../src/ports/coverage.ts';
import type { Waiting } from '../../src/ports/rebuilds.ts';
import type { OwnServer, ServerSeen, ServersSeen } from '../../src/ports/servers.ts';

export const NOW = (Date.UTC(2026, 10, 25, 12) * 1000) as Micros;

export const ago = (seconds: number) => (NOW - seconds * 1_000_000) as Micros;

export const answered = <T>(value: T, at = NOW) => ({ last: { value, at }, trouble: null });

/** A PBX that is heard, whose every word is stored. */
export function pbxState(own: Partial<ListenerState> = {}): ListenerState {
  return {
    pbx: 'main',
    state: 'connected',
    detail: 'Connected.',
    since: ago(3_600),
    lastHeardAt: ago(1),
    delayMs: 20,
    account: null,
    lastError: null,
    reconnects: 0,
    counts: {},
    setAside: 0,
    journal: {
      records: 0,
      bytes: 0,
      maxBytes: 4e9,
      isFull: false,
      failing: null,
      damaged: 0,
      oldestAt: null,
      waitsFor: null,
    },
    log: { state: 'available', since: ago(3_600), lastError: null, failedTries: 0 },
    heldSince: null,
    missing: null,
    missingFacts: 0,
    stored: 1_000,
    ...own,
  };
}

/** The server that measures. */
export const SELF: OwnServer = {
  id: 'a-id',
  name: 'a',
  program: '1.2.3',
  startedAt: '2026-11-25T11:00:00.000000Z',
  does: { pbxs: ['main'], projects: true },
  fingerprints: { secret: 's', log: 'l', rules: 'r', settings: 's', public_url: 'p', 'pbx main': 'm' },
};

/** A server as its row tells of it, set up as the one that measures. */
export function serverSeen(own: Partial<ServerSeen> = {}): ServerSeen {
  return { ...SELF, clockOffsetMs: 0, report: { pbxs: [], failedTries: [] }, silentSeconds: 0.5, ...own };
}

/** What PostgreSQL tells: by default that there is one server alone, which does everything. */
export function seen(own: Partial<ServersSeen> = {}): ServersSeen {
  const holder = { id: SELF.id, name: SELF.name };
  const leases = ['pbx:main', 'version:1'].map((name) => ({ name, holder }));
  return { servers: [serverSeen()], leases, olderServes: false, ...own };
}

export const NOTHING_WAITS: Waiting = {
  rebuild: null,
  mixed: false,
  building: [],
  ready: [],
  parked: 0,
  rematching: 0,
  folding: 0,
  foldingSeconds: 0,
  stuck: [],
};

/** Measures of a program in which all is well. */
export function measures(own: Partial<Measures> = {}): Measures {
  const readModel = { version: 1, derivation: '1-abc', position: 500n, parked: 0, estimatedRows: 20 };
  return {
    at: NOW,
    embedded: { trouble: null, restarts: 0 },
    self: SELF,
    leases: new Map([
      ['pbx:main', 'held'],
      ['version:1', 'held'],
    ]),
    clockSetSeconds: 0,
    pbxs: [pbxState()],
    failedTries: new Map(),
    packingTries: null,
    database: answered(null),
    head: answered(500n),
    readModel: answered(readModel),
    waiting: answered(NOTHING_WAITS),
    refused: answered({ kept: 0, lost: 0 }),
    servers: answered(seen()),
    gaps: answered([]),
    free: answered(50e9),
    lag: { positions: 0n, seconds: 0 },
    ...own,
  };
}

/** Two gaps of a PBX in the last day, of which one is not filled. */
export const GAPS: GapFigures = {
  pbx: 'main',
  gaps: 2,
  seconds: 900,
  unfilled: 1,
  unfilledSeconds: 300,
  newestEndedSecondsAgo: 900,
  missingFacts: 0,
};
