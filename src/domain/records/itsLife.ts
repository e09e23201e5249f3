/** Of which channel a call record is whose Uniqueid came again in another life of the PBX (design §12). */

import { laterLifeOf } from '../callId.ts';
import { type Connection, offsetAt } from '../channels/connection.ts';
import type { Life, Lives } from '../facts/lives.ts';
import { byOurClock, type ImportedRecord } from './importedRecord.ts';

/** Records cut begin and length to whole seconds each. */
const CUT = 2_000_000;

/** By our clock, as far as it was compared with the PBX's. */
export function recordByOurClock(record: ImportedRecord, connections: readonly Connection[]): ImportedRecord {
  const clock = connections.flatMap((connection) => connection.clock ?? []);
  return byOurClock(record, offsetAt(clock, record.beganAt));
}

/**
 * The record by our clock, under the ids of the life that it fits by time; null where it fits none, or two as well: nobody
 * can say of which call it is. One whose ids came once is under these.
 */
export function inItsLife(
  record: ImportedRecord,
  lives: Lives['lives'],
  connections: readonly Connection[],
): ImportedRecord | null {
  const { uniqueid, linkedid } = record;
  const all = lives.get(uniqueid) ?? lives.get(linkedid ?? '');
  if (all === undefined) return recordByOurClock(record, connections);
  const then = all.map((life) => ({ life, record: byTheClockOf(life, record, connections) }));
  const [best, other] = then.filter(fits).sort((a, b) => apart(a) - apart(b));
  if (best === undefined || (other !== undefined && apart(other) - apart(best) <= CUT)) return null;
  const begin = laterLifeOf(best.life.id);
  const idThen = (id: string) => lives.get(id)?.find((life) => laterLifeOf(life.id) === begin)?.id ?? id;
  return { ...best.record, uniqueid: idThen(uniqueid), linkedid: linkedid && idThen(linkedid) };
}

type Candidate = { readonly life: Life; readonly record: ImportedRecord };

/** The PBX's clock was another in each life: only so can a Uniqueid, which holds a second, come again. */
function byTheClockOf(
  { heardIn: { session }, openedAt }: Life,
  record: ImportedRecord,
  connections: readonly Connection[],
) {
  const clock = connections.find((connection) => connection.session === session)?.clock ?? [];
  return byOurClock(record, offsetAt(clock, openedAt));
}

/** It lies in the time in which the channel was heard; a call may end unheard. */
function fits({ life: { openedAt, lastHeardAt, hasEnded }, record: { beganAt, endedAt } }: Candidate): boolean {
  if (openedAt === null || lastHeardAt === null) return false;
  const isBegun = beganAt >= openedAt - CUT && beganAt <= lastHeardAt + CUT;
  return isBegun && (!hasEnded || endedAt <= lastHeardAt + CUT);
}

function apart({ life: { lastHeardAt }, record: { endedAt } }: Candidate): number {
  return Math.abs(endedAt - (lastHeardAt ?? 0));
}
