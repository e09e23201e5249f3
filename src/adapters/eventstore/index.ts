export { namesCluster } from './eventstoredb/connectionString.ts';
export { type ClusterMember, type ClusterView, lookAtCluster } from './eventstoredb/lookAtCluster.ts';
export { type EventStoreDbOptions, openEventStoreDb } from './eventstoredb/open.ts';
export { carryOverLog } from './postgres/carryOver.ts';
export { openPostgresLog, type PostgresLogOptions } from './postgres/open.ts';
export { keepPacked, type PackingTries } from './postgres/packs/keepPacked.ts';
export { packLog } from './postgres/packs/packLog.ts';
export { logSizes, shrinkLog } from './postgres/packs/sizes.ts';
