import { pbxConnectedSchema } from '../../src/domain/connectionEvents.ts';
import { pbxFactDataSchema, pbxFactMetadataSchema } from '../../src/domain/events.ts';
import { BEGINNING, type EventStore } from '../../src/ports/eventStore.ts';

/** Reads the whole log into parsed events, each checked by its schema; how many there are. */
export async function readChecked(log: EventStore): Promise<number> {
  let events = 0;
  for await (const batch of log.readAll(BEGINNING)) {
    events += batch.length;
    for (const { stream, type, data, metadata } of batch) {
      if (stream.startsWith('call-')) {
        pbxFactDataSchema.parse(data);
        pbxFactMetadataSchema.parse(metadata);
      } else if (type === 'PbxConnected') {
        pbxConnectedSchema.parse(data);
      }
    }
  }
  return events;
}
