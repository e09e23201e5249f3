/** A call's row against what its call records alone would tell. */
import { type Connection, foldGroup } from '../call/foldGroup.ts';
import type { CallEntry } from '../entry.ts';
import type { Fact } from '../facts/fact.ts';
import type { Rules } from '../rules.ts';
import { compareRows, type Disagreement } from './compareRows.ts';
import { FILLED_FROM_RECORDS } from './refineRow.ts';

type Row = Parameters<typeof compareRows>[0] & Pick<CallEntry, 'ext_message_id' | 'source' | 'incomplete'>;

/** `facts`: those behind the row; `connections`: those of its PBX, which tell how far its clock is from ours. */
export function disagreementsOf(
  row: Row,
  facts: readonly Fact[],
  context: { readonly connections: readonly Connection[]; readonly rules: Rules },
): Disagreement[] {
  const alone = (kind: Disagreement['kind']): Disagreement[] => [{ kind, heard: null, recorded: null }];
  if (row.source === 'cdr') return alone('not_heard');
  if (row.incomplete.includes(FILLED_FROM_RECORDS)) return alone('heard_in_part');
  const records = facts.filter(({ imported }) => imported !== null);
  const { entries } = foldGroup(records, context);
  const recorded = entries.find(({ ext_message_id }) => ext_message_id === row.ext_message_id);
  return recorded ? compareRows(row, recorded) : alone('not_recorded');
}
