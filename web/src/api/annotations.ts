import { useMutation, useQueryClient } from '@tanstack/react-query';
import { putEntry } from '../live/listCache.ts';
import { type Answer, ask, askWithTag } from './client.ts';
import { KEYS } from './comms.ts';
import type { AssignBody, Entry, Marked } from './types.ts';

const entryPath = (id: string) => `/api/crm/comms/${encodeURIComponent(id)}`;

/** What people say of an entry; each answers with the entry as it is then. */
export const annotate = {
  assign: (id: string, body: AssignBody) => askWithTag<Entry>(`${entryPath(id)}/customer`, { method: 'PUT', body }),
  unassign: (id: string) => askWithTag<Entry>(`${entryPath(id)}/customer`, { method: 'DELETE' }),
  mark: (id: string, done: boolean) => askWithTag<Entry>(`${entryPath(id)}/done`, { method: done ? 'PUT' : 'DELETE' }),
  /** the same `key` again adds the note once */
  note: (id: string, text: string, key: string) =>
    askWithTag<Entry>(`${entryPath(id)}/notes`, {
      method: 'POST',
      body: { text },
      headers: { 'Idempotency-Key': key },
    }),
  removeNote: (id: string, note: string) =>
    askWithTag<Entry>(`${entryPath(id)}/notes/${encodeURIComponent(note)}`, { method: 'DELETE' }),
};

/** Marks up to 500 entries at once. */
export async function markAll(ids: readonly string[], done: boolean): Promise<readonly Marked[]> {
  const body = { ids, done };
  return (await ask<{ items: Marked[] }>('/api/crm/comms/done', { method: 'POST', body })).items;
}

/** Sends what somebody says of an entry and shows the answer wherever the entry stands. */
export function useAnnotation<T>(send: (input: T) => Promise<Answer<Entry>>, said?: (entry: Entry) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (answer) => {
      const { segments: _, legs: __, course: ___, why: ____, notes, ...shown } = answer.data;
      putEntry(queries, { ...shown, cut: [], notes_count: notes.length, last_note: notes.at(-1) ?? null });
      queries.setQueryData([...KEYS.entry, answer.data.id], answer);
      void queries.invalidateQueries({ queryKey: KEYS.counts });
      said?.(answer.data);
    },
  });
}
