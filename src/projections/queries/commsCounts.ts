import type { Kysely } from 'kysely';
import type { Direction, Outcome } from '../../domain/entry.ts';
import type { CommsCounts, CommsFilter } from '../../ports/readModel.ts';
import type { VersionTables } from '../tables/schema.ts';
import { isUnassigned, meets, waitsForCallBack } from './commsFilter.ts';

export async function countComms(tables: Kysely<VersionTables>, filter: CommsFilter): Promise<CommsCounts> {
  const rows = await tables
    .selectFrom('crm_comms_log')
    .where(meets(filter))
    .groupBy(['direction', 'outcome'])
    .select((eb) => [
      'direction',
      'outcome',
      eb.fn.countAll<bigint>().as('total'),
      eb.fn.countAll<bigint>().filterWhere(isUnassigned(eb)).as('unassigned'),
      eb.fn.countAll<bigint>().filterWhere(waitsForCallBack(eb)).as('missed_open'),
    ])
    .execute();
  const sum = (of: 'total' | 'unassigned' | 'missed_open', within: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(within).reduce((total, row) => total + Number(row[of]), 0);
  const outcome = (wanted: Outcome) => sum('total', (row) => row.outcome === wanted);
  const direction = (wanted: Direction) => sum('total', (row) => row.direction === wanted);
  return {
    total: sum('total', () => true),
    by_outcome: {
      answered: outcome('answered'),
      missed: outcome('missed'),
      abandoned: outcome('abandoned'),
      busy: outcome('busy'),
      failed: outcome('failed'),
      voicemail: outcome('voicemail'),
    },
    by_direction: {
      inbound: direction('inbound'),
      outbound: direction('outbound'),
      internal: direction('internal'),
    },
    unassigned: sum('unassigned', () => true),
    missed_open: sum('missed_open', () => true),
  };
}
