export { openPostgresLog, type PostgresLogOptions } from './postgres/open.ts';
