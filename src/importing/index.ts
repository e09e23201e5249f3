export { type BackfillOptions, backfill } from './backfill.ts';
export { type ImportCounts, type ImportProgress, importRecords } from './importRecords.ts';
export { recordEvent } from './recordEvent.ts';
