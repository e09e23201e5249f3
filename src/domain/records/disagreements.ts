/** A call's row against what its call records alone would tell. */

import { laterLifeOf } from '../callId.ts';
import type { Connection } from '../channels/connection.ts';
import type { CallEntry } from '../entry.ts';
import { type Fact, inOrder } from '../facts/fact.ts';
import { inTheirLives } from '../facts/lives.ts';
import { readOutside } from '../readGroup.ts';
import { type Rules, rulesFor } from '../rules.ts';
import { toRfc3339 } from '../time.ts';
import { compareRows, type Disagreement } from './compareRows.ts';
import type { ImportedRecord } from './importedRecord.ts';
import { inItsLife } from './itsLife.ts';
import { type RecordedRow, recordedRows } from './recordedRows.ts';
import { FILLED_FROM_RECORDS } from './refineRow.ts';

type Row = Parameters<typeof compareRows>[0] & Pick<CallEntry, 'pbx' | 'ext_message_id' | 'source' | 'incomplete'>;

/** `facts`: those behind the row; `connections`: those of its PBX, which tell how far its clock is from ours. */
export function disagreementsOf(
  row: Row,
  facts: readonly Fact[],
  context: { readonly connections: readonly Connection[]; readonly rules: Rules },
): Disagreement[] {
  const alone = (kind: Disagreement['kind']): Disagreement[] => [{ kind, heard: null, recorded: null }];
  if (row.source === 'cdr') return alone('not_heard');
  const { its, strays } = recordsOf(row, facts, context.connections);
  if (row.incomplete.includes(FILLED_FROM_RECORDS)) return [...alone('heard_in_part'), ...strays];
  const rules = rulesFor(context.rules, row.pbx);
  const recorded = recordedRows(its, { pbx: row.pbx, rules }).find((one) => isOf(row, one))?.row;
  if (!recorded) return [...alone('not_recorded'), ...strays];
  return [...compareRows(row, { ...recorded, ...readOutside(recorded.outside, rules) }), ...strays];
}

/** The records of the row's own call; those that fit no call stand with the call that has their id as the PBX says it. */
function recordsOf({ ext_message_id }: Row, facts: readonly Fact[], connections: readonly Connection[]) {
  const { lives } = inTheirLives(inOrder(facts));
  const life = laterLifeOf(ext_message_id);
  const its: ImportedRecord[] = [];
  const strays: Disagreement[] = [];
  for (const { imported } of facts) {
    const record = imported && inItsLife(imported, lives, connections);
    if (record && laterLifeOf(record.linkedid ?? record.uniqueid) === life) its.push(record);
    if (imported && !record && life === null) {
      strays.push({ kind: 'fits_no_call', heard: null, recorded: toRfc3339(imported.beganAt) });
    }
  }
  return { its, strays };
}

function isOf({ ext_message_id }: Row, { row }: RecordedRow): boolean {
  return row.ext_message_id === ext_message_id;
}
