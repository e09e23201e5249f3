import { type Field, type FrameFields, readFields } from './frameFields.ts';

/** A `Response:` frame. The lines of a command's output are `Output` fields, also where Asterisk is older than 14. */
export type Answer = { readonly fields: readonly Field[]; readonly bytes: number };

const FOLLOWS = /^response: *follows\r?\n/i;
const HEADER = /^(response|privilege|actionid|message):/i;
const END = '--END COMMAND--';

/** Before version 14 Asterisk sent a command's text as it is, blank lines and all, up to `--END COMMAND--`. */
export function isCommandText(text: string): boolean {
  return FOLLOWS.test(text);
}

export function isUnfinishedCommand(text: string): boolean {
  return isCommandText(text) && !text.includes(END);
}

/** The fields of such an answer, with its text as `Output` fields. */
export function readCommandText(text: string): FrameFields {
  const lines = text.slice(0, text.indexOf(END)).split(/\r?\n/);
  const firstOutput = lines.findIndex((line) => !HEADER.test(line));
  const output = lines.slice(firstOutput);
  if (output.at(-1) === '') output.pop();
  const asSentNow = [...lines.slice(0, firstOutput), ...output.map((line) => `Output: ${line}`)];
  const bytes = Buffer.from(asSentNow.join('\n'), 'latin1');
  return readFields(bytes, 0, bytes.length);
}
