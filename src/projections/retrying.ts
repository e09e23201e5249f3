import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { CommslogError, type ErrorCode, hasCode } from '../errors.ts';

/** What trying again cannot help: a person has to look. */
const FINAL: readonly ErrorCode[] = ['LOG_IS_ANOTHER', 'LOG_TOO_SHORT', 'LOG_HOLE', 'LOG_ACCESS_DENIED'];
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 30_000;

export function isFinal(error: unknown): error is CommslogError {
  return hasCode(error, ...FINAL);
}

/** Waits before the next try; shorter when `signal` aborts. */
export async function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.random() * Math.min(MIN_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS);
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/** An error's text may quote a row, so only its code goes into the log of the program. */
export function nameOf(error: unknown): string {
  if (error instanceof CommslogError) return error.code;
  if (error instanceof pg.DatabaseError) return `PostgreSQL ${error.code}`;
  return error instanceof Error ? error.name : typeof error;
}
