import { pbxConnectedSchema, pbxFactDataSchema, pbxFactMetadataSchema } from '../../src/domain/events.ts';
import { BEGINNING, type EventStore } from '../../src/ports/eventStore.ts';

/** Reads the whole log into parsed events, each checked by its schema. */
export async function readChecked(log: EventStore): Promise<void> {
  for await (const batch of log.readAll(BEGINNING)) {
    for (const { stream, type, data, metadata } of batch) {
      if (stream.startsWith('call-')) {
        pbxFactDataSchema.parse(data);
        pbxFactMetadataSchema.parse(metadata);
      } else if (type === 'PbxConnected') {
        pbxConnectedSchema.parse(data);
      }
    }
  }
}
