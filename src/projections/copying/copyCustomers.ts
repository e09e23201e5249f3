import { type RecordedEvent, streamOf } from '../../domain/events.ts';
import { evolveCustomers } from '../people/customers.ts';
import { incomingOf } from '../tables/batch.ts';
import { withoutParked } from '../tables/parked.ts';
import { copyTable, tableOf } from './copyTables.ts';
import type { Within } from './within.ts';

/** Customers whose streams are read at once. */
const PAGE = 500;
const READS_AT_ONCE = 16;

/**
 * Copies the customers and who holds which number; where numbers are read by another country, folds them anew from their streams
 * up to `upTo`: what a person typed may be other numbers then.
 */
export async function copyCustomers(within: Within, upTo: bigint): Promise<void> {
  const { sql, source, version, signal } = within;
  const { country } = version.rules;
  if (country === source.rules.country) {
    await copyTable(within, 'customer');
    await copyTable(within, 'customer_number');
    return;
  }
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const rows = await sql<{ id: string }>(
      `select id from ${tableOf(source, 'customer')} where id > $1 order by id limit $2`,
      [after, PAGE],
    );
    const last = rows.at(-1);
    if (!last) return;
    const told = await toldOf(within, rows, upTo);
    await evolveCustomers(
      sql,
      told.flatMap(({ says }) => (says.of === 'customer' ? [says] : [])),
      country,
    );
    after = last.id;
  }
}

/** What the streams of these customers say up to there, without what is parked. */
async function toldOf({ sql, log }: Within, customers: readonly { readonly id: string }[], upTo: bigint) {
  const events: RecordedEvent[] = [];
  for (let at = 0; at < customers.length; at += READS_AT_ONCE) {
    const read = customers.slice(at, at + READS_AT_ONCE).map(({ id }) => readUpTo(log, streamOf.customer(id), upTo));
    events.push(...(await Promise.all(read)).flat());
  }
  return withoutParked(sql, events.map(incomingOf));
}

async function readUpTo(log: Within['log'], stream: string, upTo: bigint): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const read of log.readStream(stream)) events.push(...read.filter(({ position }) => position <= upTo));
  return events;
}
