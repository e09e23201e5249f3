import {
  type CallBackSaid,
  evolveCallBack,
  NOTHING_PLANNED,
  noteCallBack,
  planCallBack,
  releaseCallBack,
  takeCallBack,
} from '../domain/acts/callBack.ts';
import type { Decision } from '../domain/acts/decision.ts';
import type { Directory } from '../domain/directory/directory.ts';
import { type Actor, type Author, streamOf } from '../domain/events.ts';
import { CommslogError } from '../errors.ts';
import { beganAt } from '../log/logId.ts';
import { transact } from '../log/transact.ts';
import type { CallBack, CallBackScope } from '../ports/callBacks.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import { type ActDeps, untilVisible } from './deps.ts';
import { type Marked, markEntries } from './mark.ts';
import { peopleFactsOf } from './peopleFacts.ts';

/** Missed entries that one act takes off the work list. */
const MOST_MARKED = 5_000;

/** Whose call is to be returned, by the id of a missed entry, and who says something of it. */
export type CallBackChange = { readonly id: string; readonly scope: CallBackScope; readonly author: Author };

/** What is to be done about it; absent: that stays. */
export type CallBackPlan = { readonly dueAt?: string | null | undefined; readonly note?: string | undefined };

/** Tells from when on who calls in vain is work: by the settings, else from when the log began. It asks the log once. */
export function callBackScope(log: EventStore): (directory: Directory) => Promise<CallBackScope> {
  let began: Promise<string> | null = null;
  return async ({ settings: { call_backs_since: since } }) => {
    if (since !== null) return { since };
    began ??= beganAt(log).catch((error: unknown) => {
      began = null;
      throw error;
    });
    return { since: await began };
  };
}

/** Takes it, or gives it back; the line as readers see it then, or after two seconds as they did. */
export function takeOrRelease(deps: ActDeps, change: CallBackChange, take: boolean): Promise<CallBack> {
  return sayOf(deps, change, take ? takeCallBack : releaseCallBack);
}

/** Says until when it is to be done, and what is to be known. */
export async function planAndNote(deps: ActDeps, change: CallBackChange, { dueAt, note }: CallBackPlan) {
  if (dueAt !== undefined) await sayOf(deps, change, (said) => planCallBack(dueAt, said));
  if (note !== undefined) await sayOf(deps, change, (said) => noteCallBack(note, said));
  return callBackNow(deps, change);
}

/**
 * Takes all that these callers wait for off the work list; how many entries of each, by the id that was given. The same again
 * does the rest. Errors: `VALIDATION_FAILED` where they are too many for once.
 */
export async function closeCallBacks(
  deps: ActDeps,
  { ids, scope, author }: Omit<CallBackChange, 'id'> & { readonly ids: readonly string[] },
): Promise<readonly { readonly id: string; readonly entries: number }[]> {
  const misses = new Map<string, readonly string[]>();
  for (const id of new Set(ids)) misses.set(id, await deps.readModel.openMisses(id, scope));
  const all = [...new Set([...misses.values()].flat())];
  if (all.length > MOST_MARKED) {
    const detail = `these callers have tried ${all.length} times, and ${MOST_MARKED} are taken off at once; name fewer`;
    throw new CommslogError('VALIDATION_FAILED', 'The body of the request is not as it must be.', {
      fields: [{ pointer: '#/ids', detail }],
    });
  }
  const marked: readonly Marked[] = await markEntries(deps, { ids: all, done: true }, author);
  const done = new Set(marked.filter(({ result }) => result !== 'not_found').map(({ id }) => id));
  return [...misses].map(([id, entries]) => ({ id, entries: entries.filter((entry) => done.has(entry)).length }));
}

async function sayOf(
  deps: ActDeps,
  change: CallBackChange,
  decide: (said: CallBackSaid, actor: Actor) => Decision,
): Promise<CallBack> {
  const { log, clock } = deps;
  const { id } = await callBackNow(deps, change);
  const { author } = change;
  const { position } = await transact(
    log,
    async () => {
      const stream = streamOf.callBack(id);
      const events = await readEvents(log, stream);
      return { stream, last: events.at(-1), said: events.reduce(evolveCallBack, NOTHING_PLANNED) };
    },
    ({ said, ...to }) => ({ to, events: peopleFactsOf(decide(said, author.actor), { author, now: clock.now() }) }),
  );
  await untilVisible(deps, position);
  return callBackNow(deps, change);
}

/** Error: `NOT_FOUND`, also where it is closed: then there is nothing to do. */
async function callBackNow({ readModel }: ActDeps, { id, scope }: CallBackChange): Promise<CallBack> {
  const found = await readModel.callBack(id, scope);
  if (found === null || found.closed !== null) {
    throw new CommslogError('NOT_FOUND', 'Nobody waits to be called back for this entry.');
  }
  return found;
}
