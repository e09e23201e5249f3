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

/** The fields of a `Response: Follows` with its text as `Output` fields; of any other answer as they are. */
export function readAnswerFields(text: string, isAscii: boolean): FrameFields {
  if (!isCommandText(text)) return readFields(text, isAscii);
  const lines = text.slice(0, text.indexOf(END)).split(/\r?\n/);
  const header = lines.findIndex((line) => !HEADER.test(line));
  const output = header < 0 ? [] : lines.slice(header);
  if (output.at(-1) === '') output.pop();
  const asSentNow = [...lines.slice(0, header < 0 ? lines.length : header), ...output.map((line) => `Output: ${line}`)];
  return readFields(asSentNow.join('\n'), isAscii);
}
