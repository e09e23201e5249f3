import { contract } from './contract.ts';
import { createPostgresUnderTest } from './postgresUnderTest.ts';

contract('the log in PostgreSQL', () => createPostgresUnderTest());
