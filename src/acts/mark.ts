import { markCall } from '../domain/acts/mark.ts';
import type { Author } from '../domain/events.ts';
import { hasCode } from '../errors.ts';
import { tellOfEntry } from './changeEntry.ts';
import type { WriteDeps } from './customers.ts';
import { untilVisible } from './peopleFacts.ts';

/** What came of one id; `moved`: it leads to another entry, which is marked now. */
export type Marked = {
  readonly id: string;
  readonly result: 'changed' | 'unchanged' | 'not_found' | 'moved';
  readonly current_id: string | null;
};

/** Entries that are written side by side. */
const AT_ONCE = 8;

/**
 * Takes entries off the work list, or puts them back; each is told what came of it. When it fails in between (the log is
 * away), the same again does the rest.
 */
export async function markEntries(
  deps: WriteDeps,
  { ids, done }: { readonly ids: readonly string[]; readonly done: boolean },
  author: Author,
): Promise<Marked[]> {
  const unique = [...new Set(ids)];
  const marked: Marked[] = [];
  let last = 0n;
  for (let at = 0; at < unique.length; at += AT_ONCE) {
    const some = unique.slice(at, at + AT_ONCE).map((id) => markOne(deps, id, done, author));
    for (const one of await Promise.all(some)) {
      marked.push(one.marked);
      if (one.position > last) last = one.position;
    }
  }
  await untilVisible(deps.readModel, last);
  return marked;
}

async function markOne(deps: WriteDeps, id: string, done: boolean, author: Author) {
  try {
    const told = await tellOfEntry(deps, { id, author }, ({ decided }) => ({ decision: markCall(done, decided) }));
    const result = told.id === id ? (told.changed ? 'changed' : 'unchanged') : 'moved';
    return { marked: { id, result, current_id: told.id } as const, position: told.position };
  } catch (error) {
    if (!hasCode(error, 'NOT_FOUND')) throw error;
    return { marked: { id, result: 'not_found', current_id: null } as const, position: 0n };
  }
}
