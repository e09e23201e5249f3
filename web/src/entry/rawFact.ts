import type { RecordedEvent } from '../api/types.ts';

type Field = readonly [key: string, value: string];

/** When it was heard from the PBX; of people's facts, when they were written down. */
export function heardAt({ metadata, recorded_at }: RecordedEvent): string {
  return typeof metadata.received_at === 'string' ? metadata.received_at : recorded_at;
}

/** The channel that it is about, which tells facts of one type apart. */
export function textOf({ data }: RecordedEvent): string {
  const channel = pairs(data).find(([key]) => key === 'Channel' || key === 'DestChannel');
  return channel?.[1] ?? '';
}

/** All that was said, field by field in its order; what is no list of fields as JSON. */
export function fieldsOf({ data }: RecordedEvent): string {
  const fields = pairs(data);
  if (fields.length === 0) return JSON.stringify(data, null, 2);
  return fields.map(([key, value]) => `${key}: ${value}`).join('\n');
}

function pairs(data: RecordedEvent['data']): readonly Field[] {
  return Array.isArray(data.fields) ? data.fields.filter(isField) : [];
}

function isField(field: unknown): field is Field {
  return Array.isArray(field) && typeof field[0] === 'string' && typeof field[1] === 'string';
}
