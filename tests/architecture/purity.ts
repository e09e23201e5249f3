import { tokensOf } from './tokens.ts';

/** Ways to ask a clock, chance, the machine or the network. */
const OUTSIDE =
  /^(?:process|console|fetch|performance|crypto|globalThis|require|eval|set(?:Timeout|Interval|Immediate))$/;
const CALLS = /^(?:Date \. now|Math \. random|new Date \( \))$/;

/** What in `source` makes its result depend on more than its arguments. */
export function impurities(source: string): string[] {
  const texts = tokensOf(source).map(({ kind, text }) => (kind === 'string' ? '' : text));
  return texts.flatMap((text, index) => {
    if (OUTSIDE.test(text) && texts[index - 1] !== '.' && texts[index + 1] !== ':') return [text];
    const call = [3, 4]
      .map((length) => texts.slice(index, index + length).join(' '))
      .find((words) => CALLS.test(words));
    return call === undefined ? [] : [call];
  });
}
