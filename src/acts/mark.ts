import { markCall } from '../domain/acts/mark.ts';
import type { Author } from '../domain/events.ts';
import { hasCode } from '../errors.ts';
import { type ChangedEntry, changeEntry, type EntryChange, tellOfEntry } from './changeEntry.ts';
import { type ActDeps, untilVisible } from './deps.ts';

/** Entries that are written side by side. */
const AT_ONCE = 8;

/** What came of one id; `moved`: it leads to another entry, which is marked now. */
export type Marked = {
  readonly id: string;
  readonly result: 'changed' | 'unchanged' | 'not_found' | 'moved';
  readonly current_id: string | null;
};

/** Takes an entry off the work list, or puts it back. */
export function markEntry(deps: ActDeps, change: EntryChange, done: boolean): Promise<ChangedEntry> {
  return changeEntry(deps, change, ({ decided }) => ({ decision: markCall(done, decided) }));
}

/** The same of many; each is told what came of it. When it fails in between (the log is away), the same again does the rest. */
export async function markEntries(
  deps: ActDeps,
  { ids, done }: { readonly ids: readonly string[]; readonly done: boolean },
  author: Author,
): Promise<readonly Marked[]> {
  const unique = [...new Set(ids)];
  const marked: Marked[] = [];
  let last = 0n;
  for (let from = 0; from < unique.length; from += AT_ONCE) {
    const some = unique.slice(from, from + AT_ONCE).map((id) => markOne(deps, id, done, author));
    for (const one of await Promise.all(some)) {
      marked.push(one.marked);
      if (one.position > last) last = one.position;
    }
  }
  await untilVisible(deps, last);
  return marked;
}

async function markOne(
  deps: ActDeps,
  id: string,
  done: boolean,
  author: Author,
): Promise<{ readonly marked: Marked; readonly position: bigint }> {
  try {
    const told = await tellOfEntry(deps, { id, author }, ({ decided }) => ({ decision: markCall(done, decided) }));
    const result = told.id === id ? (told.changed ? 'changed' : 'unchanged') : 'moved';
    return { marked: { id, result, current_id: told.id }, position: told.position };
  } catch (error) {
    if (!hasCode(error, 'NOT_FOUND')) throw error;
    return { marked: { id, result: 'not_found', current_id: null }, position: 0n };
  }
}
