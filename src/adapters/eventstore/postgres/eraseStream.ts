import type pg from 'pg';
import { lockHead } from './appender.ts';
import { toLogError } from './errors.ts';

/**
 * Erases what a stream says, for ever: it has no events and takes none any more. Every event keeps its place (position,
 * revision, id), so the log has no hole. A stream that does not exist stays so.
 */
export async function eraseStream(pool: pg.Pool, schema: string, stream: string): Promise<void> {
  let client: pg.PoolClient | undefined;
  try {
    client = await pool.connect();
    await client.query('begin');
    await lockHead(client, schema);
    await client.query(`update ${schema}.event set type = '', data = null, metadata = null where stream = $1`, [
      stream,
    ]);
    await client.query('commit');
    client.release();
  } catch (error) {
    client?.release(true);
    throw toLogError(error);
  }
}
