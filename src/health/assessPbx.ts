import type { Micros } from '../domain/time.ts';
import type { ErrorCode } from '../errors.ts';
import type { ListenerState } from '../listening/index.ts';
import type { Check } from '../ports/health.ts';
import { MAX_DELAY_SECONDS, MAX_HELD_SECONDS, MAX_WAIT_SECONDS, MAX_WAITING_BYTES } from './limits.ts';
import { ADVICE } from './pbxAdvice.ts';
import { bytesInWords, secondsInWords } from './words.ts';

/**
 * How it is with a PBX to which this server listens, and with what it says: it is heard, it is stored, and nothing waits for
 * long. A PBX that is away is no failure of ours. `isOurs`: PostgreSQL says that it is this server's to store.
 */
export function heardCheck(state: ListenerState, isOurs: boolean, at: Micros): Check {
  const { journal, detail } = state;
  const trouble = isOurs ? troubleOf(state, at) : 'PostgreSQL does not say which server stores it';
  const held = heldOf(state, at);
  const seconds = secondsWaiting(state, at);
  const waits = `${bytesInWords(journal.bytes)} wait in the journal, the oldest for ${secondsInWords(seconds)}`;
  if (held !== null) return warn(detail, ...(trouble === null ? [] : [trouble]), held);
  if (trouble !== null) return warn(`${detail} ${trouble}: ${waits}.`);
  if (seconds >= MAX_WAIT_SECONDS || journal.bytes >= MAX_WAITING_BYTES) {
    const why =
      journal.waitsFor === null ? 'The log of events does not keep up' : `It waits: ${WAITS_FOR[journal.waitsFor]}`;
    return warn(`${detail} ${why}: ${waits}.`);
  }
  const delay = (state.delayMs ?? 0) / 1000;
  if (delay >= MAX_DELAY_SECONDS) {
    return warn(detail, `What is read now may be ${secondsInWords(delay)} old: the network or the PBX holds it up.`);
  }
  if (state.missingFacts > 0 || journal.damaged > 0) {
    return warn(detail, `A part of the journal was damaged: ${state.missingFacts} facts are missing in the log.`);
  }
  if (state.missing !== null) return warn(detail, MISSING[state.missing]);
  if (state.state !== 'connected') return warn(detail);
  const problem = state.account?.problem ?? null;
  if (problem !== null) return warn(detail, unlisted(problem));
  return { status: 'pass', detail: [detail, ...shortOf(state)].join(' ') };
}

/** Why what was heard cannot be stored yet although the log takes it. */
export const WAITS_FOR: Readonly<Record<NonNullable<ListenerState['journal']['waitsFor']>, string>> = {
  lease: 'PostgreSQL does not say which server stores it',
  holder: 'the server that listens has not stored so far yet',
  turn: 'another server stores what its journal has left',
};

const MISSING: Readonly<Record<NonNullable<ListenerState['missing']>, string>> = {
  records: `It sends no call records (read permission \`cdr\`): ${ADVICE.records}.`,
  calls: `It sends nothing but call records (read permission \`call\`): ${ADVICE.read}.`,
};

/** How long the oldest of what was heard has been waiting for the log. */
export function secondsWaiting({ journal }: ListenerState, at: Micros): number {
  return journal.oldestAt === null ? 0 : Math.max(0, (at - journal.oldestAt) / 1_000_000);
}

export function isLogTaking({ log }: ListenerState): boolean {
  return log.state === 'available';
}

/** The journal takes no more, so the PBX is not read: its own buffer fills, then it cuts us off. */
export function isHeld({ journal, heldSince }: ListenerState, at: Micros): boolean {
  const seconds = heldSince === null ? 0 : (at - heldSince) / 1_000_000;
  return journal.isFull || journal.failing !== null || seconds >= MAX_HELD_SECONDS;
}

/** Calls that ended while the PBX was not heard may be shown as if they went on. */
function unlisted(problem: ErrorCode): string {
  return `At the login it did not name all open calls (${problem}): some that are shown may have ended before it.`;
}

/** What an account that may ask for less misses after a gap: it is as the README sets it up, and no trouble. */
function shortOf({ account }: ListenerState): readonly string[] {
  if (account === null || account.lists === 'all') return [];
  const shown = account.lists === 'bridges' ? 'only the calls that were talking' : 'no call that was open';
  return [`At the login it was shown ${shown}. To be shown all: ${ADVICE.list}.`];
}

function heldOf(state: ListenerState, at: Micros): string | null {
  if (!isHeld(state, at)) return null;
  return `${whyHeld(state)}: the PBX is not read, and may cut us off.`;
}

function whyHeld({ journal: { isFull, failing } }: ListenerState): string {
  if (failing !== null) return `The disk does not take the journal (${failing})`;
  return isFull ? 'The journal is full' : 'The disk does not take the journal as fast as the PBX speaks';
}

function troubleOf({ log }: ListenerState, at: Micros): string | null {
  if (log.state === 'available') return null;
  const tries = `${log.failedTries === 1 ? 'a try' : `${log.failedTries} tries`} in ${secondsInWords((at - log.since) / 1_000_000)}`;
  if (log.state === 'away') return `The log of events is away (${log.lastError}, ${tries})`;
  if (log.lastError === 'LOG_ACCESS_DENIED') return `After ${tries} the log of events refuses access`;
  return `After ${tries} the log of events cannot store before somebody acts (${log.lastError})`;
}

function warn(...sentences: readonly string[]): Check {
  return { status: 'warn', detail: sentences.join(' ') };
}
