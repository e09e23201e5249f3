import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { writeOwn } from '../../ownFile.ts';
import { isDemo } from './demoMode.ts';

const servingSchema = z.object({ url: z.string() });

/** The folder of this mode's embedded database. */
export function dataDirOf(config: Config): string {
  return isDemo(config) ? join(config.DATA_DIR, 'demo') : config.DATA_DIR;
}

/** Leaves for other commands under which URL the web app is reached (the port may be another than the configured one). */
export function rememberUrl(config: Config, url: string): void {
  writeOwn(join(dataDirOf(config), 'serve.json'), `${JSON.stringify({ url })}\n`);
}

/** How browsers reach the web app: PUBLIC_URL, else where the last `serve` said it was, else where it would be. */
export function webUrl(config: Config): string {
  return config.PUBLIC_URL ?? servedUrl(config) ?? `http://${config.HTTP_HOST}:${config.HTTP_PORT}`;
}

/** Where the last `serve` on this DATA_DIR was reached; null: there was none. */
export function servedUrl(config: Config): string | null {
  const file = join(dataDirOf(config), 'serve.json');
  const said = existsSync(file) ? servingSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  return said?.success ? said.data.url : null;
}
