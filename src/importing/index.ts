export { backfill } from './backfill.ts';
export { NOT_FILLED } from './fillGaps.ts';
export { type ImportCounts, type ImportOptions, importRecords } from './importRecords.ts';
export { type Found, Reconciler } from './reconcile.ts';
