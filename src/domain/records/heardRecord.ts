/** A call record that was heard (`Cdr`) says what the same record says in the PBX's table. */
import { timeInRecord } from '../channels/recordTimes.ts';
import { type Fact, viewIn } from '../facts/fact.ts';
import { type ImportedRecord, nameInCallerId } from './importedRecord.ts';

/** None when the fact is no record, or does not tell when the call was. */
export function recordOfCdr(fact: Fact): ImportedRecord[] {
  const { record } = fact;
  const uniqueid = viewIn(fact, 'subject')?.uniqueid;
  const beganAt = record && timeInRecord(record, fact, 'startTime');
  const endedAt = record && timeInRecord(record, fact, 'endTime');
  if (!record || uniqueid === undefined || beganAt === null || endedAt === null) return [];
  return [
    {
      uniqueid,
      linkedid: null,
      channel: record.channel,
      destinationChannel: record.destinationChannel,
      context: record.destinationContext,
      source: record.source,
      callerNumber: null,
      callerName: nameInCallerId(record.callerId),
      destination: record.destination,
      did: null,
      lastApplication: record.lastApplication,
      lastData: record.lastData,
      disposition: record.disposition,
      sequence: null,
      beganAt,
      answeredAt: timeInRecord(record, fact, 'answerTime'),
      endedAt,
      isHeard: true,
      isAmbiguous: false,
    },
  ];
}
