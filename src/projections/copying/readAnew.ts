import type { OutsideNumber } from '../../domain/call/heardCall.ts';
import { type ReadOutside, readOutside } from '../../domain/readGroup.ts';
import { type PbxRules, type Rules, rulesFor } from '../../domain/rules.ts';

/** Numbers whose meaning is kept: customers ring again and again. */
const MOST_KEPT = 50_000;

export type ReadAnew = (pbx: string, outside: string | null) => ReadOutside;

/** Reads what was heard of a number, as it is stored, by these rules. */
export function readingAnew(rules: Rules): ReadAnew {
  const byPbx = new Map<string, PbxRules>();
  const read = new Map<string, ReadOutside>();
  return (pbx, outside) => {
    const key = `${pbx} ${outside}`;
    const kept = read.get(key);
    if (kept) return kept;
    const its = byPbx.get(pbx) ?? rulesFor(rules, pbx);
    byPbx.set(pbx, its);
    const heard: OutsideNumber | null = outside === null ? null : JSON.parse(outside);
    const answer = readOutside(heard, its);
    if (read.size === MOST_KEPT) read.clear();
    read.set(key, answer);
    return answer;
  };
}
