export { type EmbeddedPostgres, runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { keepServeLock, type ServeLock } from './keptServeLock.ts';
export { isServed } from './serveLock.ts';
