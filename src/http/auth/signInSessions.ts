import type pg from 'pg';
import type { Actor, Role } from '../../domain/events.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../domain/time.ts';
import { query } from './database.ts';
import type { Principal } from './principal.ts';
import { hashOf, newSecret } from './secret.ts';

const SIGN_IN_SECONDS = 12 * 3600;

/** A session that began: its cookie's value, of which only the hash is stored, and how long it lasts. */
export type StartedSession = { readonly secret: string; readonly seconds: number };

/**
 * Starts a session of twelve hours, or until what proved who it is expires, and forgets those that have ended. Null: it has
 * expired already.
 */
export async function startSignInSession(
  pool: pg.Pool,
  { sub, role, expiresAt: provedUntil }: Actor & { readonly expiresAt: Micros | null },
  now: Micros,
): Promise<StartedSession | null> {
  const longest = now + SIGN_IN_SECONDS * 1_000_000;
  const expiresAt = Math.min(longest, provedUntil ?? longest) as Micros;
  const seconds = Math.floor((expiresAt - now) / 1_000_000);
  if (seconds < 1) return null;
  const secret = newSecret();
  await query(pool, 'delete from commslog.web_session where expires_at <= $1', [toRfc3339(now)]);
  await query(
    pool,
    'insert into commslog.web_session (token_hash, sub, role, created_at, expires_at) values ($1, $2, $3, $4, $5)',
    [hashOf(secret), sub, role, toRfc3339(now), toRfc3339(expiresAt)],
  );
  return { secret, seconds };
}

/** Whose session it is; null when there is none or it is over. */
export async function findSignInSession(pool: pg.Pool, secret: string, now: Micros): Promise<Principal | null> {
  const signInSession = hashOf(secret);
  const [row] = await query<{ sub: string; role: Role; created_at: string; expires_at: string }>(
    pool,
    'select sub, role, created_at, expires_at from commslog.web_session where token_hash = $1 and expires_at > $2',
    [signInSession, toRfc3339(now)],
  );
  const expiresAt = row ? fromRfc3339(row.expires_at) : null;
  const issuedAt = row ? fromRfc3339(row.created_at) : null;
  return row && expiresAt !== null ? { sub: row.sub, role: row.role, expiresAt, issuedAt, signInSession } : null;
}

/** Which of these sessions go on: another server may have ended one. */
export async function livingSignInSessions(
  pool: pg.Pool,
  signInSessions: readonly string[],
  now: Micros,
): Promise<ReadonlySet<string>> {
  const rows = await query<{ token_hash: string }>(
    pool,
    'select token_hash from commslog.web_session where token_hash = any($1) and expires_at > $2',
    [signInSessions, toRfc3339(now)],
  );
  return new Set(rows.map((row) => row.token_hash));
}

export async function endSignInSession(pool: pg.Pool, session: string): Promise<void> {
  await query(pool, 'delete from commslog.web_session where token_hash = $1', [session]);
}

/** Ends all sessions of somebody, and makes what links they have not used yet worth nothing. */
export async function endAllOf(pool: pg.Pool, sub: string): Promise<void> {
  await query(pool, 'delete from commslog.sign_in_link where sub = $1', [sub]);
  await query(pool, 'delete from commslog.web_session where sub = $1', [sub]);
}
