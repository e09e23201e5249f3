import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommslogError } from '../../errors.ts';

const MIN_BYTES = 32;

/**
 * The secret that signs local tokens: AUTH_SECRET_FILE, else `<dataDir>/secret`, which is made on first use (mode 0600).
 * Errors: `CONFIG_INVALID` when it is missing, too short, or readable by others.
 */
export function localSecret(dataDir: string, secretFile: string | undefined): Uint8Array {
  const file = secretFile ?? join(dataDir, 'secret');
  if (secretFile === undefined && !existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o711 });
    writeFileSync(file, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  if (!existsSync(file)) throw new CommslogError('CONFIG_INVALID', `AUTH_SECRET_FILE: ${file} does not exist`);
  if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new CommslogError('CONFIG_INVALID', `${file} may be read by others; run: chmod 600 ${file}`);
  }
  const secret = new TextEncoder().encode(readFileSync(file, 'utf8').trim());
  if (secret.length < MIN_BYTES) {
    throw new CommslogError(
      'CONFIG_INVALID',
      `${file} holds less than ${MIN_BYTES} bytes; put a longer random secret into it`,
    );
  }
  return secret;
}
