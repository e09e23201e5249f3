import { contract } from './contract.ts';
import { packOne } from './packing.ts';
import { createPostgresUnderTest } from './postgresUnderTest.ts';

contract('the log in PostgreSQL, where each event is packed as soon as it stands', () =>
  createPostgresUnderTest((pool, schema) => packOne(pool, schema)),
);
