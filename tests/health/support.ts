import type { Micros } from '../../src/domain/time.ts';
import type { Measures } from '../../src/health/measures.ts';
import type { ListenerState } from '../../src/listening/index.ts';

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
    journal: { records: 0, bytes: 0, maxBytes: 4e9, isFull: false, failing: null, damaged: 0, oldestAt: null },
    log: { state: 'available', since: ago(3_600), lastError: null, failedTries: 0 },
    heldSince: null,
    missing: null,
    missingFacts: 0,
    stored: 1_000,
    ...own,
  };
}

/** Measures of a program in which all is well. */
export function measures(own: Partial<Measures> = {}): Measures {
  const readModel = { version: 1, derivation: '1-abc', position: 500n, parked: 0, estimatedRows: 20 };
  const waiting = { rebuild: null, mixed: false, building: [], ready: [], parked: 0, stuck: [] };
  return {
    at: NOW,
    embedded: { trouble: null, restarts: 0 },
    lock: 'held',
    clockSetSeconds: 0,
    pbxs: [pbxState()],
    failedTries: new Map(),
    database: answered(null),
    head: answered(500n),
    readModel: answered(readModel),
    waiting: answered(waiting),
    refused: answered({ kept: 0, lost: 0 }),
    gaps: answered([]),
    free: answered(50e9),
    lag: { positions: 0n, seconds: 0 },
    ...own,
  };
}
