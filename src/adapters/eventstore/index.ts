export { type EventStoreDbOptions, openEventStoreDb } from './eventstoredb/open.ts';
export { openPostgresLog, type PostgresLogOptions } from './postgres/open.ts';
