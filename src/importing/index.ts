export { backfill } from './backfill.ts';
export { type ImportCounts, type ImportOptions, importRecords } from './importRecords.ts';
export { type Found, Reconciler } from './reconcile.ts';
