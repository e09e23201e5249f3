import type { z } from 'zod';
import { noSuchEntry } from '../../acts/entry.ts';
import { fromRfc3339 } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import type { EntryThen, History } from '../../ports/history.ts';
import { AUDITORS } from '../auth/principal.ts';
import type { entryThenSchema } from '../contract/contract.ts';
import type { Reply } from '../kit/route.ts';
import type { Seeing, Viewer } from '../kit/viewer.ts';

const NOTES = {
  same: 'From what was recorded by then, by the rules and the code of then.',
  gone: 'From what was recorded by then, by the rules of then. The code of then is gone: the code of today applied them.',
} as const satisfies Record<string, string>;

/** An entry as it was at a time, for those who may see it. Errors: `FORBIDDEN`, `NOT_FOUND`, those of the history. */
export async function showEntryThen(
  history: History,
  viewer: Seeing,
  asked: { readonly id: string; readonly time: string; readonly gone: AbortSignal },
): Promise<Reply> {
  if (!AUDITORS.includes(viewer.principal.role))
    throw new CommslogError('FORBIDDEN', 'This role may not see what an entry was before.');
  const time = fromRfc3339(asked.time);
  const isThere = time !== null && (viewer.seesAll || (await viewer.readModel.get(asked.id)) !== null);
  const found = isThere ? await history.asOf(asked.id, time, asked.gone) : null;
  if (!found) throw noSuchEntry();
  switch (found.kind) {
    case 'nothing':
      throw new CommslogError('NOT_FOUND', 'By then nothing was recorded that this entry shows.');
    case 'in_progress':
      throw new CommslogError('NOT_FOUND', 'By then it was a call in progress, and no entry yet.');
    case 'moved':
      return {
        status: 308,
        headers: { Location: `/api/crm/comms/${found.currentId}?as_of=${encodeURIComponent(asked.time)}` },
      };
    case 'found':
      if (!viewer.sees(found.entry)) throw noSuchEntry();
      return { status: 200, json: shown(found, viewer, asked.time) };
  }
}

function shown(found: EntryThen & { kind: 'found' }, viewer: Viewer, time: string): z.infer<typeof entryThenSchema> {
  const { entry, derivation, code } = found;
  return { ...viewer.show(entry), as_of: { time, derivation, code, note: NOTES[code] } };
}
