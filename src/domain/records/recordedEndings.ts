/** Ends of channels that nobody heard, or only late, as call records tell them. */
import { agreedTime, allows, type Bounds } from '../channels/bounds.ts';
import type { Channel } from '../channels/channel.ts';
import type { Connection } from '../channels/connection.ts';
import type { Ending, Endings } from '../channels/liveness.ts';
import { bySession } from '../facts/hearing.ts';
import { latest, type Micros } from '../time.ts';
import type { ImportedRecord } from './importedRecord.ts';

/** The endings, with those from the records where no Hangup was heard, or one that only tells between what the end lies. */
export function withRecordedEndings(
  endings: Bounds<Endings>,
  members: readonly Channel[],
  recordsOf: () => readonly ImportedRecord[],
  connections: readonly Connection[],
): Bounds<Endings> {
  const isHeard = endings.early === endings.late && [...endings.late.values()].every(({ by }) => by === 'hangup');
  if (isHeard) return endings;
  const records = recordsOf();
  const recorded = members.flatMap((channel): [string, Ending][] => {
    const [early, late] = [endings.early, endings.late].map((all) => all.get(channel.uniqueid));
    if (!early || !late || (late.by === 'hangup' && !isWhole(records))) return [];
    const at = endInRecords(channel, late.open ? records.filter((record) => !record.isHeard) : records);
    const when = { early: early.at, late: late.at };
    if (at === null || (late.open ? isListenedTo(channel, connections) : !allows(when, at))) return [];
    if (late.by !== 'hangup') return [[channel.uniqueid, { open: false, at, by: 'recorded', isRecorded: true }]];
    return late.at === null || agreedTime(when) !== null ? [] : [[channel.uniqueid, { ...late, at, isRecorded: true }]];
  });
  if (recorded.length === 0) return endings;
  return { early: new Map([...endings.early, ...recorded]), late: new Map([...endings.late, ...recorded]) };
}

/**
 * Whether the records tell when what was heard late was: one, of a call that was answered. Where there are several, each is of
 * an attempt or of a talk, and the channel can have gone on between and after them.
 */
export function isWhole(records: readonly ImportedRecord[]): boolean {
  return records.length === 1 && records[0]?.disposition === 'ANSWERED';
}

/** Its Hangup is still to be heard: a record can be written while its channel goes on. */
function isListenedTo({ lastHeard }: Channel, connections: readonly Connection[]): boolean {
  if (lastHeard === null) return false;
  const own = connections.find(({ session }) => session === lastHeard.session);
  return own?.disconnectedAt == null && !connections.some((other) => bySession(other, lastHeard) > 0);
}

function endInRecords({ uniqueid, name }: Channel, records: readonly ImportedRecord[]): Micros | null {
  const own = records.filter(
    (record) => record.uniqueid === uniqueid || (name !== null && record.destinationChannel === name),
  );
  const [first, ...others] = own.map(({ endedAt }) => endedAt);
  return first === undefined ? null : latest(first, ...others);
}
