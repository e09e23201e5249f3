import type { Config } from '../../config.ts';
import { createToken } from '../../http/index.ts';
import { systemClock } from '../../ports/clock.ts';
import { servedUrl } from '../opening/dataDir.ts';
import { localSecret } from '../opening/secret.ts';

const ANSWER_MS = 5_000;
const TOKEN_SECONDS = 60;

/** What the last `serve` on this DATA_DIR answers; null: there was none. Errors: those of `fetch`, when it does not answer. */
export async function askServe(config: Config, path: string): Promise<unknown> {
  const url = servedUrl(config);
  if (url === null) return null;
  const secret = localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE);
  const who = { sub: 'doctor', role: 'auditor', ttlSeconds: TOKEN_SECONDS, now: systemClock.now() } as const;
  const authorization = `Bearer ${await createToken(secret, who)}`;
  const response = await fetch(url + path, { headers: { authorization }, signal: AbortSignal.timeout(ANSWER_MS) });
  return response.json();
}
