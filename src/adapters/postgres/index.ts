export { runningEmbeddedPostgres } from './access.ts';
export { DialTable } from './dialling/dialTable.ts';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { type EmbeddedState, type KeptEmbedded, keepEmbeddedPostgres, shownEmbedded } from './keptEmbedded.ts';
export { keepLeases, type Leases } from './leases/keepLeases.ts';
export { endAllAtOnce } from './postmaster.ts';
export { othersServe } from './serveLock.ts';
export { ServerTable } from './servers/serverTable.ts';
export { type Upgraded, type UpgradeOptions, upgradeCluster } from './upgrade.ts';
