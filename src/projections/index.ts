export { controlDb } from './controlDb.ts';
export { createHistory, type HistoryOptions } from './history/history.ts';
export { migrate } from './migrations/index.ts';
export { type Projector, type ProjectorOptions, startProjector } from './projector.ts';
export { createReadModel } from './queries/readModel.ts';
export { type EnsureVersionOptions, ensureVersion, type ReadModelVersion } from './versions.ts';
