import pg from 'pg';
import { openCallRecords } from '../../../src/adapters/cdr/index.ts';
import { connectionSettings } from '../../../src/postgres.ts';
import { postgresRecords } from '../../support/callRecords.ts';
import { createDatabase } from '../../support/postgres.ts';
import { contract } from './contract.ts';

contract('call records in PostgreSQL', async () => {
  const database = await createDatabase();
  return {
    async open(records) {
      const client = new pg.Client(connectionSettings(database.url));
      await client.connect();
      await client.query(`drop table if exists cdr; ${postgresRecords(records)}`);
      await client.end();
      return openCallRecords(database.url);
    },
    drop: database.drop,
  };
});
