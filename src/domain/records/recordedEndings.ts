/** Ends of channels that nobody heard, as call records tell them. */
import type { Channel } from '../call/channel.ts';
import type { Connection, Ending } from '../call/liveness.ts';
import { latest, type Micros } from '../time.ts';
import type { ImportedRecord } from './importedRecord.ts';

/** The endings, with those from the records where no Hangup was heard. */
export function withRecordedEndings(
  endings: ReadonlyMap<string, Ending>,
  members: readonly Channel[],
  records: readonly ImportedRecord[],
  connections: readonly Connection[],
): ReadonlyMap<string, Ending> {
  const recorded = members.flatMap((channel): [string, Ending][] => {
    const known = endings.get(channel.uniqueid);
    const at = endInRecords(channel, records);
    if (!known || at === null || known.by === 'hangup' || (known.open && isListenedTo(channel, connections))) return [];
    return [[channel.uniqueid, { open: false, at, by: 'recorded' }]];
  });
  return recorded.length === 0 ? endings : new Map([...endings, ...recorded]);
}

/** Its Hangup is still to be heard: a record can be written while its channel goes on. */
function isListenedTo({ lastHeard }: Channel, connections: readonly Connection[]): boolean {
  if (lastHeard === null) return false;
  const own = connections.find(({ session }) => session === lastHeard.session);
  return own?.disconnectedAt == null && !connections.some(({ session }) => session > lastHeard.session);
}

function endInRecords({ uniqueid, name }: Channel, records: readonly ImportedRecord[]): Micros | null {
  const own = records.filter(
    (record) => record.uniqueid === uniqueid || (name !== null && record.destinationChannel === name),
  );
  const [first, ...others] = own.map(({ endedAt }) => endedAt);
  return first === undefined ? null : latest(first, ...others);
}
