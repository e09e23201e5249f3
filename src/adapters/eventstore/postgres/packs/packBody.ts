import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';

/** What an event says, as the JSON text that was stored. */
export type Told = { readonly type: string; readonly metadata: string; readonly data: string };

/** Of a body before it is compressed: more than a block holds, so one that claims more is none of ours. */
const MAX_BYTES = 64 * 1024 * 1024;

const compress = promisify(deflateRaw);

/**
 * What events of one stream say: lines of text, compressed. First all types, then all metadata, then all data, since neighbours
 * are alike. No dictionary is shared by bodies: of what is erased in one, something could stay in it.
 */
export function toBody(events: readonly Told[]): Promise<Buffer> {
  const lines = [
    ...events.map(({ type }) => type),
    ...events.map(({ metadata }) => metadata),
    ...events.map(({ data }) => data),
  ];
  // in JSON it is escaped, in types it is refused
  if (lines.some((line) => line.includes('\n'))) throw new Error('a stored event holds a line feed');
  return compress(lines.join('\n'), { level: 9 });
}

/** Text for text what `toBody` was given. Throws when the body is damaged. */
export function fromBody(body: Buffer): readonly Told[] {
  const lines = inflateRawSync(body, { maxOutputLength: MAX_BYTES }).toString().split('\n');
  const count = lines.length / 3;
  return Array.from({ length: count }, (_, at) => ({
    type: lines[at] ?? '',
    metadata: lines[count + at] ?? '',
    data: lines[2 * count + at] ?? '',
  }));
}
