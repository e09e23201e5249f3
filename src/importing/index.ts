export { type BackfillOptions, backfill } from './backfill.ts';
export { type ImportCounts, type ImportOptions, importRecords } from './importRecords.ts';
