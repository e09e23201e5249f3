import { contract } from './contract.ts';
import { packOne } from './packing.ts';
import { createPostgresUnderTest } from './postgresUnderTest.ts';

/** Small blocks as often as large ones. */
const anyOf = (left: number) => Math.ceil(left ** Math.random());

contract('the log in PostgreSQL, packed in part', () =>
  createPostgresUnderTest((pool, schema) => packOne(pool, schema, anyOf)),
);
