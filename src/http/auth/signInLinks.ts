import type pg from 'pg';
import type { Actor, Role } from '../../domain/events.ts';
import { type Micros, toRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { query } from './database.ts';
import { isLoopback } from './loopback.ts';
import { hashOf, newSecret } from './secret.ts';

const LINK_SECONDS = 15 * 60;
/** An invitation lies in a mailbox over a weekend. */
export const INVITATION_SECONDS = 72 * 3_600;

/**
 * A link that signs in once, within 15 minutes or what is said. Its secret stands in the fragment, which no server and no log sees.
 * `baseUrl` is how the browser reaches the web app.
 * Errors: `CONFIG_INVALID` off loopback without https, where anyone on the way could take the session.
 */
export async function createSignInLink(
  pool: pg.Pool,
  { sub, role, baseUrl, now, seconds = LINK_SECONDS }: Actor & LinkOptions,
): Promise<string> {
  const url = new URL(baseUrl);
  if (!isLinkable(url)) throw new CommslogError('CONFIG_INVALID', NOT_LINKABLE);
  const secret = newSecret();
  await query(pool, 'delete from commslog.sign_in_link where expires_at <= $1', [toRfc3339(now)]);
  await query(pool, 'insert into commslog.sign_in_link (token_hash, sub, role, expires_at) values ($1, $2, $3, $4)', [
    hashOf(secret),
    sub,
    role,
    toRfc3339((now + seconds * 1_000_000) as Micros),
  ]);
  url.hash = `link=${secret}`;
  return url.href;
}

type LinkOptions = { readonly baseUrl: string; readonly now: Micros; readonly seconds?: number };

export const NOT_LINKABLE = 'Sign-in links off this machine need a PUBLIC_URL that begins with https://.';

/** Whether nobody on the way to the browser can take a session that a link begins. */
export function isLinkable({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}

/** Uses a link up and says whom it signs in, without an end of its own; null when it is unknown, too old or used. */
export async function redeemSignInLink(
  pool: pg.Pool,
  secret: string,
  now: Micros,
): Promise<(Actor & { readonly expiresAt: null }) | null> {
  const [actor] = await query<{ sub: string; role: Role }>(
    pool,
    `update commslog.sign_in_link set used_at = $2
      where token_hash = $1 and used_at is null and expires_at > $2
      returning sub, role`,
    [hashOf(secret), toRfc3339(now)],
  );
  return actor ? { ...actor, expiresAt: null } : null;
}
