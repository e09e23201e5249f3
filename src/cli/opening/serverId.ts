import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { dataDirOf } from './dataDir.ts';

const schema = z.object({ id: z.uuid() });

/** Where the id of the server on this DATA_DIR stands. */
export function serverFile(config: Config): string {
  return join(dataDirOf(config), 'server.json');
}

/**
 * The id of the server on this DATA_DIR; null: it has none yet. What cannot be read is as good as none: a new id costs a wait
 * of seconds for leases.
 */
export async function knownServer(config: Config): Promise<string | null> {
  try {
    return schema.parse(JSON.parse(await readFile(serverFile(config), 'utf8'))).id;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing || error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
