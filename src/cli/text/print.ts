/** The only way to a terminal: names and notes of others are among what is said, so nothing of it may steer one. */
import { escaped } from '../../escaped.ts';

/** Lines for the standard output: what was asked for. */
export function print(lines: string | readonly string[], end = '\n'): void {
  process.stdout.write(textOf(lines, end));
}

/** Lines for the standard error: what is said beside it. */
export function inform(lines: string | readonly string[]): void {
  process.stderr.write(textOf(lines, '\n'));
}

/** Whether a person looks at what `inform` says. */
export function isWatched(): boolean {
  return process.stderr.isTTY === true;
}

/** A line that takes the place of the one before, while a person looks; `isLast`: the next one begins below it. */
export function redraw(line: string, { isLast }: { readonly isLast: boolean }): void {
  process.stderr.write(`\r\u001b[K${escaped(line)}${isLast ? '\n' : ''}`);
}

function textOf(lines: string | readonly string[], end: string): string {
  return [lines]
    .flat()
    .map((line) => escaped(line) + end)
    .join('');
}
