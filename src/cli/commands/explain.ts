import type { CallEntry } from '../../domain/entry.ts';
import { parseRules, type Rules } from '../../domain/rules.ts';
import { compileLate } from '../opening/lateCompiling.ts';
import { readRulesFile } from '../opening/rulesFile.ts';
import { print } from '../text/print.ts';
import { readRecording, rowsOf } from '../text/recordedCalls.ts';
import { tableText } from '../text/tableText.ts';

const COLUMNS: readonly (readonly [string, (row: CallEntry) => string | null])[] = [
  ['when (UTC)', (row) => row.occurred_at?.slice(0, 19).replace('T', ' ') ?? null],
  ['direction', (row) => row.direction],
  ['outcome', (row) => row.outcome],
  ['outside', (row) => row.external_number ?? row.external_number_raw ?? 'withheld'],
  ['dialled', (row) => row.did ?? row.dialled],
  ['trunk', (row) => row.trunk],
  ['extensions', (row) => row.extensions.join(' ')],
  ['queues', (row) => row.queues?.join(' ') ?? null],
  ['ring', (row) => row.ring_seconds?.toString() ?? null],
  ['talk', (row) => row.duration_seconds?.toString() ?? null],
  ['machine', (row) => (row.handled_by_machine ? 'handled it' : null)],
  ['incomplete', (row) => row.incomplete.join(' ')],
  ['id', (row) => row.ext_message_id],
];

export type ExplainOptions = { readonly json: boolean; readonly country?: string; readonly rules?: string };

/**
 * Prints the calls of a recorded transcript: one JSON object a line with the columns of crm_comms_log, or a table.
 * Errors: `RECORDING_UNREADABLE`, `AMI_TOO_OLD`, `RULES_INVALID`.
 */
export async function explain(file: string, options: ExplainOptions): Promise<void> {
  compileLate();
  const rules = rulesOf(options);
  const rows = rowsOf(await readRecording(file), rules);
  print(options.json ? rows.map((row) => JSON.stringify(withoutPeople(row))) : tableOf(rows));
}

function rulesOf({ rules: file, country }: ExplainOptions): Rules {
  const given = country === undefined ? {} : { country: country.toUpperCase() };
  if (file === undefined) return parseRules(given);
  return parseRules({ ...readRulesFile(file, null).rules, ...given });
}

/** The columns of crm_comms_log; what only the log and people can tell is empty. */
function withoutPeople(row: CallEntry): object {
  return { ...row, customer_id: null, match: null, notes: [], done_at: null, position: null };
}

/** The rows as a table for a terminal. */
function tableOf(rows: readonly CallEntry[]): readonly string[] {
  if (rows.length === 0) return ['no calls with the outside'];
  return tableText(
    COLUMNS.map(([title]) => title),
    rows.map((row) => COLUMNS.map(([, cell]) => cell(row) || '–')),
  );
}
