export { type EmbeddedPostgres, holdServeLock, runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
