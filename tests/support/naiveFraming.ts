import type { Field } from '../../src/ports/pbxSource.ts';

/** The frames' fields in a whole transcript without a banner, the plain way; what `Framer` is compared with. */
export function naiveFields(bytes: Buffer): Field[][] {
  const lines = bytes.toString('latin1').split('\n');
  lines.pop();
  const frames: Field[][] = [];
  let frame: Field[] = [];
  for (const line of lines) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') {
      if (frame.length > 0) frames.push(frame);
      frame = [];
      continue;
    }
    const [, key, value] = /^([^:]+): ?(.*)$/s.exec(text) ?? [];
    if (key !== undefined && value !== undefined) frame.push([key, value]);
  }
  return frames;
}
