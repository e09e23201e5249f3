import type { CallEntry } from '../../domain/entry.ts';
import { parseRules, type Rules } from '../../domain/rules.ts';
import { readRules } from '../opening/rulesFile.ts';
import { tableOf } from '../text/explainTable.ts';
import { readRecording, rowsOf } from '../text/recordedCalls.ts';

export type ExplainOptions = { readonly json: boolean; readonly country?: string; readonly rules?: string };

/**
 * Prints the calls of a recorded transcript: one JSON object a line with the columns of crm_comms_log, or a table.
 * Errors: `RECORDING_UNREADABLE`, `RULES_INVALID`.
 */
export async function explain(file: string, options: ExplainOptions): Promise<void> {
  const rules = rulesOf(options);
  const rows = rowsOf(await readRecording(file), rules);
  const text = options.json ? rows.map((row) => JSON.stringify(withoutPeople(row))).join('\n') : tableOf(rows);
  if (text !== '') process.stdout.write(`${text}\n`);
}

function rulesOf({ rules: file, country }: ExplainOptions): Rules {
  const given = country === undefined ? {} : { country: country.toUpperCase() };
  if (file === undefined) return parseRules(given);
  return parseRules({ ...readRules(file, null), ...given });
}

/** The columns of crm_comms_log; what only the log and people can tell is empty. */
function withoutPeople(row: CallEntry): object {
  return { ...row, customer_id: null, match: null, notes: [], done_at: null, position: null };
}
