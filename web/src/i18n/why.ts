/** Words for the names by which a row says why it is so: of rules, of what they looked at, of columns, of values. */
export type WhyWords = {
  readonly [kind in 'rules' | 'inputs' | 'columns' | 'values']: Readonly<Record<string, string>>;
};

/** In English the names of rules and of what they looked at speak for themselves: `opened_ringing_in`. */
export const namesThatSpeak: WhyWords = { rules: {}, inputs: {}, columns: {}, values: { cdr: 'call records' } };

/** The word for a name that has one in this language, else the name. */
export function wordFor(words: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(words, name) ? (words[name] ?? name) : name;
}

/** The same, and a name without a word as it is spoken. */
export function spoken(words: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(words, name) ? wordFor(words, name) : name.replaceAll('_', ' ');
}
