import { stringify } from 'csv-stringify/sync';
import type { Named } from '../../domain/directory/named.ts';
import type { WholeComms } from '../../ports/readModel.ts';

/** The columns of an export for spreadsheets, in their order. */
const COLUMNS = {
  id: (entry) => entry.id,
  occurred_at: (entry) => entry.occurred_at,
  direction: (entry) => entry.direction,
  outcome: (entry) => entry.outcome,
  external_number: (entry) => entry.external_number ?? entry.external_number_raw,
  external_name: (entry) => entry.external_name,
  customer_id: (entry) => entry.customer_id,
  customer: (entry) => entry.customer?.name,
  match: (entry) => entry.match.status,
  extensions: (entry) => entry.extensions.join(' '),
  rang: (entry) => entry.rang.join(' '),
  answered_at: (entry) => entry.answered_at,
  ended_at: (entry) => entry.ended_at,
  ring_seconds: (entry) => entry.ring_seconds,
  duration_seconds: (entry) => entry.duration_seconds,
  did: (entry) => entry.did,
  dialled: (entry) => entry.dialled,
  trunk: (entry) => entry.trunk,
  notes: (entry) => entry.notes.map(({ text }) => text).join('\n'),
  done_at: (entry) => entry.done_at,
  incomplete: (entry) => entry.incomplete.join(' '),
  source: (entry) => entry.source,
  pbx: (entry) => entry.pbx,
  ext_message_id: (entry) => entry.ext_message_id,
  derivation: (entry) => entry.derivation,
  handled_by_machine: (entry) => entry.handled_by_machine?.toString(),
  queues: (entry) => entry.queues?.join(' '),
  people: (entry) => entry.people.map(({ name }) => name).join(', '),
  did_name: (entry) => entry.did_name,
} as const satisfies Readonly<Record<string, (entry: WholeComms & Named) => string | number | null | undefined>>;

/** The table's first line. */
export const TABLE_HEAD = `${Object.keys(COLUMNS).join(',')}\r\n`;

/**
 * Entries as lines of CSV (RFC 4180). A cell that a spreadsheet would run as a formula begins with an apostrophe;
 * so does a number with `+`.
 */
export function tableLines(entries: readonly (WholeComms & Named)[]): string {
  const rows = entries.map((entry) => Object.values(COLUMNS).map((cell) => cell(entry)));
  return stringify(rows, { escape_formulas: true, record_delimiter: '\r\n' });
}
