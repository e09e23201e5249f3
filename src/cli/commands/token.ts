import { loadConfig } from '../../config.ts';
import type { Role } from '../../domain/events.ts';
import { localSubSchema } from '../../domain/subject.ts';
import { CommslogError } from '../../errors.ts';
import { createSignInLink, createToken } from '../../http/index.ts';
import { systemClock } from '../../ports/clock.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, migrate } from '../../projections/index.ts';
import { withDatabase } from '../opening/database.ts';
import { webUrl } from '../opening/dataDir.ts';
import { localSecret } from '../opening/secret.ts';
import { print } from '../text/print.ts';

export type TokenOptions = { readonly role: Role; readonly sub: string; readonly ttl: string; readonly link: boolean };

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_TTL_SECONDS = 366 * 86_400;

/** `commslog token`: prints a bearer token, or a sign-in link, and nothing else. */
export async function token(options: TokenOptions): Promise<void> {
  const config = loadConfig(process.env);
  const sub = localSubSchema.safeParse(options.sub);
  if (!sub.success) {
    throw new CommslogError('CONFIG_INVALID', '--sub must be 1 to 200 characters that can be seen, without a #');
  }
  const actor = { sub: sub.data, role: options.role };
  const now = systemClock.now();
  if (!options.link) {
    const secret = localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE);
    print(await createToken(secret, { ...actor, ttlSeconds: seconds(options.ttl), now }));
    return;
  }
  await withDatabase(config, async (url) => {
    const pool = createPool(url, { max: 1 });
    try {
      await migrate(controlDb(pool));
      print(await createSignInLink(pool, { ...actor, baseUrl: webUrl(config), now }));
    } finally {
      await pool.end();
    }
  });
}

function seconds(ttl: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(ttl);
  const value = match ? Number(match[1]) * (UNIT_SECONDS[match[2] ?? ''] ?? 0) : 0;
  if (value > 0 && value <= MAX_TTL_SECONDS) return value;
  throw new CommslogError('CONFIG_INVALID', '--ttl must be a time such as 15m, 12h or 30d, at most a year');
}
