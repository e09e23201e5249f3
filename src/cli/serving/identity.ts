import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { writeOwn } from '../../ownFile.ts';
import { knownServer, serverFile } from '../opening/serverId.ts';
import type { Run } from './run.ts';

/** How a server is told from others on the same database. */
export type Identity = {
  /** of its DATA_DIR, so that it is the same after a restart */
  readonly id: string;
  readonly name: string;
};

/** Who this server is; made up at its first start. To be asked by the one process that has the DATA_DIR. */
export async function identityOf({ config }: Run): Promise<Identity> {
  const name = config.SERVER_NAME ?? hostname();
  const known = await knownServer(config);
  if (known !== null) return { id: known, name };
  const id = randomUUID();
  writeOwn(serverFile(config), `${JSON.stringify({ id })}\n`);
  return { id, name };
}
