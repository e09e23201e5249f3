import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDataFolder } from '../../dataFolder.ts';
import { CommslogError } from '../../errors.ts';
import { makeOwn } from '../../ownFile.ts';
import { readSecret } from '../../secretFile.ts';

const MIN_BYTES = 32;

/**
 * The secret that signs local tokens: AUTH_SECRET_FILE, else `<dataDir>/secret`, which is made on first use (mode 0600).
 * Errors: `CONFIG_INVALID` when it is missing, too short, or no secret's file (`readSecret`); `DATA_DIR_UNUSABLE`.
 */
export function localSecret(dataDir: string, secretFile: string | undefined): Uint8Array {
  const file = secretFile ?? join(dataDir, 'secret');
  if (secretFile === undefined && !existsSync(file)) {
    makeDataFolder(resolve(dataDir));
    makeOwn(file, `${randomBytes(48).toString('base64url')}\n`);
  }
  if (!existsSync(file)) throw new CommslogError('CONFIG_INVALID', `AUTH_SECRET_FILE: ${file} does not exist`);
  const secret = new TextEncoder().encode(readSecret(file).trim());
  if (secret.length < MIN_BYTES) {
    throw new CommslogError(
      'CONFIG_INVALID',
      `${file} holds less than ${MIN_BYTES} bytes; put a longer random secret into it`,
    );
  }
  return secret;
}
