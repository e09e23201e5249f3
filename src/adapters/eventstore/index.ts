export { createAuditTrail } from './auditTrail.ts';
export { type CopyProgress, copyLog } from './copyLog.ts';
export { type EventStoreDbOptions, openEventStoreDb } from './eventstoredb/open.ts';
export { openPostgresLog, type PostgresLogOptions } from './postgres/open.ts';
