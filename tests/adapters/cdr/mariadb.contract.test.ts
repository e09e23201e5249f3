import { createConnection } from 'mysql2/promise';
import { openCallRecords } from '../../../src/adapters/cdr/index.ts';
import { MARIADB_RECORDS } from '../../support/callRecords.ts';
import { noMariaDb, startMariaDb } from '../../support/mariadb.ts';
import { contract } from './contract.ts';

contract(
  'call records in a real MariaDB',
  async () => {
    const server = await startMariaDb(MARIADB_RECORDS.slice(0, 1));
    return {
      async open(records) {
        const connection = await createConnection({ uri: server.url });
        await connection.query('truncate table cdr');
        const [first] = records;
        if (first !== undefined) {
          const names = [...first.keys()].join(', ');
          const values = records.map((record) => [...record.values()]);
          await connection.query(`insert into cdr (${names}) values ?`, [values]);
        }
        await connection.end();
        return openCallRecords(server.readingUrl);
      },
      drop: server.stop,
    };
  },
  noMariaDb(),
);
