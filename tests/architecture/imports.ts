import { tokensOf } from './tokens.ts';

/** Stands for an `import(…)` of something that is no plain string, a file that nobody can follow. */
export const COMPUTED = './(computed)';

/** What a source file imports or re-exports, statically, by `import(…)` or as types, in the order in which it is written. */
export function importsOf(source: string): string[] {
  const tokens = tokensOf(source);
  return tokens.flatMap(({ kind, text }, index) => {
    const [next, afterNext] = [tokens[index + 1], tokens[index + 2]];
    if (kind !== 'word' || next === undefined || tokens[index - 1]?.text === '.') return [];
    if (text === 'import' && next.kind === 'sign' && next.text === '(') {
      return [afterNext?.kind === 'string' ? afterNext.text : COMPUTED];
    }
    return (text === 'import' || text === 'from') && next.kind === 'string' ? [next.text] : [];
  });
}
