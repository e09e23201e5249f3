import { type Micros, toRfc3339 } from '../domain/time.ts';
import type { ListenerState } from '../listening/index.ts';
import type { Check, PbxHealth, PbxShown } from '../ports/health.ts';
import { leaseOnPbx } from '../ports/lease.ts';
import { heardCheck, secondsWaiting, WAITS_FOR } from './assessPbx.ts';
import { type Around, type Doer, doerOf, type Other, silenceOf } from './doer.ts';
import { MAX_WAIT_SECONDS } from './limits.ts';
import type { Known } from './measures.ts';
import { bytesInWords } from './words.ts';

type Listened = Around & Pick<Known, 'pbxs'>;

/** How it is with a PBX, by this server if it listens, else by what the one that does has told. That none does is a failure. */
export function pbxCheck(pbx: string, measures: Listened): Check {
  const state = measures.pbxs.find((one) => one.pbx === pbx);
  const doer = doerOf(leaseOnPbx(pbx), measures);
  if (doer.kind === 'this' && state !== undefined) return heardCheck(state, doer.isSure, measures.at);
  const check = othersCheck(pbx, doer);
  return state === undefined ? check : withLeftovers(check, state, measures.at);
}

/** The same for whoever looks at the connections. */
export function shownPbx(pbx: string, measures: Listened): PbxShown {
  const state = measures.pbxs.find((one) => one.pbx === pbx);
  const doer = doerOf(leaseOnPbx(pbx), measures);
  const { status: level, detail } = pbxCheck(pbx, measures);
  if (doer.kind === 'this' && state !== undefined) {
    const listener = { name: measures.self.name, isThisOne: true, secondsAgo: 0 };
    return { ...healthOf(state), level, detail, listener };
  }
  const told = doer.kind === 'other' ? toldBy(doer, pbx) : null;
  const listener = doer.kind === 'other' ? tellerOf(doer) : null;
  return { ...(told ?? { ...UNHEARD, pbx }), level, detail, listener };
}

/** Of the PBXs that this server listens to: what others are told. */
export function reportedPbxs(measures: Listened): readonly PbxHealth[] {
  return listenedTo(measures).map((state) => {
    const { status: level, detail } = pbxCheck(state.pbx, measures);
    // how often which frame came is of use where it is counted
    return { ...healthOf(state), level, detail: detail.slice(0, MAX_TOLD_CHARACTERS), counts: {} };
  });
}

/** The PBXs to which this server listens now. */
export function listenedTo(measures: Listened): readonly ListenerState[] {
  return measures.pbxs.filter(({ pbx }) => doerOf(leaseOnPbx(pbx), measures).kind === 'this');
}

/** Of what is told of 64 PBXs at most, so that it stays a small row. */
const MAX_TOLD_CHARACTERS = 400;

const UNHEARD: Omit<PbxHealth, 'pbx' | 'level' | 'detail'> = {
  state: 'stopped',
  since: null,
  lastHeardAt: null,
  delayMs: null,
  account: null,
  lastError: null,
  reconnects: 0,
  counts: {},
};

function healthOf(state: ListenerState): Omit<PbxHealth, 'level'> {
  const { pbx, state: connection, detail, since, lastHeardAt, delayMs, account, lastError, reconnects, counts } = state;
  return {
    pbx,
    state: connection,
    detail,
    since: toRfc3339(since),
    lastHeardAt: lastHeardAt === null ? null : toRfc3339(lastHeardAt),
    delayMs,
    account,
    lastError,
    reconnects,
    counts,
  };
}

function toldBy({ server }: Other, pbx: string): PbxHealth | null {
  return server?.report?.pbxs.find((one) => one.pbx === pbx) ?? null;
}

function tellerOf({ name, silentSeconds: secondsAgo }: Other): PbxShown['listener'] {
  return { name, isThisOne: false, secondsAgo };
}

function othersCheck(pbx: string, doer: Doer): Check {
  switch (doer.kind) {
    case 'other': {
      const told = toldBy(doer, pbx);
      const silence = silenceOf(doer, 'listens');
      if (silence !== null) return silence;
      if (told === null) return { status: 'warn', detail: `${doer.name} listens, but tells nothing of it.` };
      return { status: told.level, detail: `${doer.name} listens: ${told.detail}` };
    }
    case 'nobody':
      return { status: 'fail', detail: 'No server listens to it.' };
    default:
      return { status: 'warn', detail: 'PostgreSQL does not say which server listens to it.' };
  }
}

/** What this server heard itself and has not stored, although another one listens now. */
function withLeftovers({ status, detail }: Check, state: ListenerState, at: Micros): Check {
  const { bytes, waitsFor } = state.journal;
  if (bytes === 0) return { status, detail };
  const isLate = secondsWaiting(state, at) >= MAX_WAIT_SECONDS;
  const why = waitsFor === null ? '' : `: ${WAITS_FOR[waitsFor]}`;
  const waits = `Of what this server heard itself, ${bytesInWords(bytes)} wait in its journal${why}.`;
  return { status: isLate && status === 'pass' ? 'warn' : status, detail: `${detail} ${waits}` };
}
