export { runningEmbeddedPostgres } from './access.ts';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { type EmbeddedState, type KeptEmbedded, keepEmbeddedPostgres, shownEmbedded } from './keptEmbedded.ts';
export { keepServeLock, type ServeLock } from './keptServeLock.ts';
export { isServed } from './serveLock.ts';
export { type Upgraded, type UpgradeOptions, upgradeCluster } from './upgrade.ts';
