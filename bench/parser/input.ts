import { readdirSync, readFileSync } from 'node:fs';
import { isSkipped } from '../../src/adapters/ami/wire/skipList.ts';

/** Which frames of the recordings are sent: all of them as they came, or only those that are (not) stored. */
export const MIXES = ['real', 'skipped', 'stored'] as const;
export type Mix = (typeof MIXES)[number];

const RECORDINGS = new URL('../../demo/', import.meta.url);
const BLOCK_BYTES = 4 * 1024 * 1024;

/** About 4 MiB of whole frames of the recordings that the project ships, one after the other, repeated. */
export function block(mix: Mix): Buffer {
  const frames = readdirSync(RECORDINGS)
    .filter((file) => file.endsWith('.txt'))
    .flatMap((file) => readFileSync(new URL(file, RECORDINGS), 'latin1').split(/(?<=\r\n\r\n)/))
    .filter((frame) => frame.startsWith('Event: ') && frame.endsWith('\r\n\r\n'))
    .filter((frame) => mix === 'real' || isSkipped(/^Event: (.*)\r/.exec(frame)?.[1] ?? '') === (mix === 'skipped'));
  const once = Buffer.from(frames.join(''), 'latin1');
  return Buffer.concat(Array.from({ length: Math.ceil(BLOCK_BYTES / once.length) }, () => once));
}
