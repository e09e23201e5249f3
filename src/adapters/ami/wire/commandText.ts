import type { Field } from '../../../ports/pbxSource.ts';
import { blankLineEnd } from './frameEnd.ts';
import { type FrameFields, readFields } from './frameFields.ts';

/** A `Response:` frame. The lines of a command's output are `Output` fields, also where Asterisk is older than 14. */
export type ResponseFrame = { readonly fields: readonly Field[]; readonly bytes: number };

/** Before version 14 Asterisk sent a command's text as it is, blank lines and all, up to `--END COMMAND--`. */
const COMMAND_TEXT = /^response: *follows\r?\n/i;
const COMMAND_TEXT_BYTES = 32;
const HEADER = /^(response|privilege|actionid|message):/i;
const END = '--END COMMAND--';

export function isCommandText(bytes: Buffer, from: number, to: number): boolean {
  return COMMAND_TEXT.test(bytes.toString('latin1', from, Math.min(to, from + COMMAND_TEXT_BYTES)));
}

/** The index after a command's text and its blank line, or -1 when that is not before `to`. */
export function commandTextEnd(bytes: Buffer, from: number, to: number): number {
  const end = bytes.indexOf(END, from);
  return end < 0 ? -1 : blankLineEnd(bytes, end, to);
}

/** The fields of such an answer, with its text as `Output` fields. */
export function readCommandText(bytes: Buffer, from: number, to: number): FrameFields | null {
  const text = bytes.toString('latin1', from, to);
  const lines = text.slice(0, text.indexOf(END)).split(/\r?\n/);
  const firstOutput = lines.findIndex((line) => !HEADER.test(line));
  const output = lines.slice(firstOutput);
  if (output.at(-1) === '') output.pop();
  const asSentNow = [...lines.slice(0, firstOutput), ...output.map((line) => `Output: ${line}`), '', ''];
  const rewritten = Buffer.from(asSentNow.join('\n'), 'latin1');
  return readFields(rewritten, 0, rewritten.length);
}
