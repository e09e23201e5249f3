import { randomBytes } from 'node:crypto';
import {
  LISTENER_FACT_TYPES,
  type PbxFactData,
  pbxFactDataSchema,
  type RecordedEvent,
} from '../../../domain/events.ts';
import { fromRfc3339, type Micros, toSeconds } from '../../../domain/time.ts';
import { Pseudonymiser } from './pseudonymise.ts';

/** A recording cannot hold what the listener itself has said. */
const SAID_BY_LISTENER: ReadonlySet<string> = new Set(Object.values(LISTENER_FACT_TYPES));

/**
 * What a PBX said, as a transcript that `recordingSource` reads: the stored facts in their order, each with its
 * `Timestamp` (where the PBX sent none, when it was heard). Numbers and names are replaced by a key that is kept nowhere.
 */
export function pseudonymisedTranscript(facts: readonly RecordedEvent[]): Buffer {
  const pseudonymiser = new Pseudonymiser(randomBytes(32));
  const frames = facts.flatMap((fact) => {
    const data = SAID_BY_LISTENER.has(fact.type) ? null : pbxFactDataSchema.safeParse(fact.data);
    return data?.success ? [pseudonymiser.push(frameOf(data.data, receivedAt(fact)))] : [];
  });
  return Buffer.concat([...frames, pseudonymiser.end()]);
}

function frameOf({ fields, latin1 = [] }: PbxFactData, at: Micros | null): Buffer {
  const lines = fields.map(([key, value]) => lineOf(key, value, latin1.includes(key) ? 'latin1' : 'utf8'));
  const hasTime = fields.some(([key]) => key.toLowerCase() === 'timestamp');
  // the event's name stays the first line
  if (!hasTime && at !== null) lines.splice(1, 0, lineOf('Timestamp', toSeconds(at), 'utf8'));
  return Buffer.concat([...lines, Buffer.from('\r\n')]);
}

function lineOf(key: string, value: string, encoding: BufferEncoding): Buffer {
  return Buffer.concat([Buffer.from(`${key}: `), Buffer.from(value, encoding), Buffer.from('\r\n')]);
}

function receivedAt({ metadata }: RecordedEvent): Micros | null {
  return typeof metadata.received_at === 'string' ? fromRfc3339(metadata.received_at) : null;
}
