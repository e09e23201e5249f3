import { openCallRecords } from '../../adapters/cdr/index.ts';
import type { PbxConfig } from '../../config.ts';
import type { Micros } from '../../domain/time.ts';
import { importRecords } from '../../importing/index.ts';
import { systemClock } from '../../ports/clock.ts';
import { VERSION } from '../../version.ts';
import { codeOf, type Finding, failure } from './finding.ts';

/** Of so many days records are looked at, or as many as come at once. */
const DAYS = 7;
const DAY = 86_400_000_000;

/** Whether the call records of a PBX can be read, and whether their times are those of its zone. */
export async function recordFindings({ id, timezone, cdrDatabaseUrl }: PbxConfig): Promise<Finding[]> {
  if (cdrDatabaseUrl === null) return [];
  const what = `call records of PBX ${id}`;
  try {
    const read = await newest(id, cdrDatabaseUrl, timezone ?? 'UTC');
    if (read > 0) return [{ level: 'ok', what: `${what}: they can be read` }];
    return [{ level: 'warn', what: `${what}: none of the last ${DAYS} days`, advice: 'is it the right table?' }];
  } catch (error) {
    return [
      failure(what, error, ADVICE[codeOf(error)] ?? 'check the address, the user and its right to read the table'),
    ];
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  CDR_TIME_ZONE_WRONG: 'set AMI_TIMEZONE, or `timezone` of the PBX',
};

async function newest(pbx: string, url: string, zone: string): Promise<number> {
  const source = await openCallRecords(url);
  try {
    const since = (systemClock.now() - DAYS * DAY) as Micros;
    const what = { log: null, source, pbx, zone, since, until: null, after: null };
    const { signal } = new AbortController();
    for await (const { counts } of importRecords({ ...what, clock: systemClock, app: VERSION, signal }))
      return counts.read;
    return 0;
  } finally {
    await source.close();
  }
}
