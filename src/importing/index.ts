export { type ImportCounts, type ImportProgress, importRecords } from './importRecords.ts';
export { recordEvent } from './recordEvent.ts';
