/** The rows of a group that has call records: those that only they tell of, and those that they refine. */

import type { HeardEntry } from '../call/heardCall.ts';
import type { Telling } from '../call/telling.ts';
import type { Ending } from '../channels/liveness.ts';
import { CLOCK_SET } from '../channels/unheard.ts';
import type { CallRules } from '../rules.ts';
import type { ImportedRecord } from './importedRecord.ts';
import { recordedCalls } from './recordedCalls.ts';
import { recordedGroupOf } from './recordedGroup.ts';
import { recordedRow } from './recordedRow.ts';
import { refineRow } from './refineRow.ts';

export type RecordedRow = { readonly row: HeardEntry; readonly channel: string };
export type Recording = { readonly pbx: string; readonly rules: CallRules };

/** The rows by the records alone, each with its outside party's channel. */
export function recordedRows(records: readonly ImportedRecord[], { pbx, rules }: Recording): RecordedRow[] {
  if (records.length === 0) return [];
  const group = recordedGroupOf(pbx, records, rules);
  return recordedCalls(group).map((call) => ({ row: recordedRow(call, group), channel: call.party.name }));
}

type Recorded = {
  readonly told: readonly RecordedRow[];
  readonly all: readonly RecordedRow[];
  /** they tell when what was heard late was */
  readonly isWhole: boolean;
};
type Heard = { readonly telling: Telling; readonly row: HeardEntry };

/**
 * The rows of a call of which not everything was heard. Its records fill what is missing, those that were heard (`told`)
 * before `all` of them, and tell of parts of which nothing was heard; they never contradict what was.
 */
export function refinedRows(
  heard: readonly Heard[],
  { told, all, isWhole }: Recorded,
  endings: ReadonlyMap<string, Ending>,
): HeardEntry[] {
  const refined = heard.map(({ telling, row: heardRow }) => {
    // their times are by the same clock
    if (heardRow.incomplete.includes(CLOCK_SET)) return heardRow;
    const endWasHeard = endings.get(telling.call.party.uniqueid)?.by === 'hangup';
    return [told, all].reduce((row, recorded) => {
      const same = recorded.find((other) => isSame({ telling, row }, other));
      return same ? refineRow(row, same.row, { endWasHeard, isWhole, ...telling.bounds }) : row;
    }, heardRow);
  });
  const unheard = all.filter((one) => !heard.some((other) => isSame(other, one)));
  return [...refined, ...unheard.map(({ row }) => row)];
}

function isSame({ telling, row }: Heard, recorded: RecordedRow): boolean {
  const { party } = telling.call;
  return row.ext_message_id === recorded.row.ext_message_id || (party.name !== null && party.name === recorded.channel);
}
