// Started as a process of its own: makes a table in an embedded server on DATA, then stops it, stays until it is
// killed, or leaves without a stop.
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/index.ts';

const [data, then] = process.argv.slice(2);
if (data === undefined) throw new Error('usage: startAndStop.ts DATA [stay|leave]');
const server = await startEmbeddedPostgres(data);
const client = new pg.Client(server.url);
await client.connect();
await client.query('create table written as select 1 as n');
await client.end();
if (then === 'stay') {
  console.log('started');
  setInterval(() => {}, 1_000);
} else if (then === 'leave') {
  process.exit(130);
} else {
  await server.stop();
}
