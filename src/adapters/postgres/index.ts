export { type EmbeddedPostgres, runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { holdServeLock, isServed } from './serveLock.ts';
