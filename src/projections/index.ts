export { migrate } from './migrations/index.ts';
export { createReadModel } from './queries/readModel.ts';
