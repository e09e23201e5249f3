/** One word, string, number or sign of TypeScript source; strings without their quotes. */
export type Token = { readonly kind: 'word' | 'string' | 'number' | 'sign'; readonly text: string };

const BLANK = /\s+|\/\/[^\n]*|\/\*.*?\*\//sy;
const NUMBER = /\d[\w.]*/y;
const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy;
const STRING = /'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"/sy;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/[\\\n])+\/\w*/y;
const TEMPLATE_PART = /(?:\\.|\$(?!\{)|[^`\\$])*(`|\$\{)/sy;
/** After one of these a slash begins a regular expression, after anything else it divides. */
const BEFORE_REGEX = /^(?:[(,=:[!&|?{};>]|return|typeof|case)$/;

/**
 * Splits source text into tokens. Comments and regular expressions are left out, of a template only what stands
 * in its `${…}` is kept: as much of the language as it takes to find imports without being misled.
 */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  /** open braces; true: of a template's `${` */
  const braces: boolean[] = [];
  let at = 0;
  let before = ';';

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const keep = (kind: Token['kind'], text: string) => {
    tokens.push({ kind, text });
    before = kind === 'string' ? '' : text;
  };
  const templateGoesOn = () => {
    before = '';
    if (take(TEMPLATE_PART)?.[1] === '${') braces.push(true);
  };

  while (at < source.length) {
    if (take(BLANK)) continue;
    const string = take(STRING);
    if (string) {
      keep('string', string[1] ?? string[2] ?? '');
      continue;
    }
    const word = take(WORD);
    if (word) {
      keep('word', word[0]);
      continue;
    }
    const number = take(NUMBER);
    if (number) {
      keep('number', number[0]);
      continue;
    }
    if (BEFORE_REGEX.test(before) && take(REGEX)) {
      before = '';
      continue;
    }
    const sign = source[at] ?? '';
    at += 1;
    if (sign === '`') templateGoesOn();
    else if (sign === '}' && braces.pop() === true) templateGoesOn();
    else keep('sign', sign);
    if (sign === '{') braces.push(false);
  }
  return tokens;
}
