import type { CallRecordSource } from '../../ports/callRecordSource.ts';
import { openMariaDb } from './mariadb.ts';
import { openMasterCsv } from './masterCsv.ts';
import { openPostgresRecords } from './postgres.ts';

/**
 * Call records at `source`: a URL that begins with `mysql://`, `mariadb://`, `postgres://` or `postgresql://`, else a file.
 * Errors: `CDR_UNAVAILABLE`, `CDR_UNREADABLE`, `CONFIG_INVALID`; none repeats the URL, which may hold a password.
 */
export function openCallRecords(source: string): Promise<CallRecordSource> {
  if (/^(?:mysql|mariadb):\/\//.test(source)) return openMariaDb(source);
  if (/^postgres(?:ql)?:\/\//.test(source)) return openPostgresRecords(source);
  return openMasterCsv(source);
}
