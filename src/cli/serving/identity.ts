import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dataDirOf } from '../opening/dataDir.ts';
import type { Run } from './run.ts';

/** How a server is told from others on the same database. */
export type Identity = {
  /** of its DATA_DIR, so that it is the same after a restart */
  readonly id: string;
  readonly name: string;
};

const schema = z.object({ id: z.uuid() });

/** Who this server is; made up at its first start. To be asked by the one process that has the DATA_DIR. */
export async function identityOf({ config }: Run): Promise<Identity> {
  const file = join(dataDirOf(config), 'server.json');
  const name = config.SERVER_NAME ?? hostname();
  const known = await readKnown(file);
  if (known !== null) return { id: known, name };
  const id = randomUUID();
  await writeFile(`${file}.new`, `${JSON.stringify({ id })}\n`);
  await rename(`${file}.new`, file);
  return { id, name };
}

/** What cannot be read is as good as none: a new name costs a wait of seconds for leases. */
async function readKnown(file: string): Promise<string | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8'))).id;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing || error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
