import type { CurrentMarks, CurrentSince, ListedCurrentCall } from '../../ports/readModel.ts';
import type { Viewer } from '../kit/viewer.ts';
import { inPortions, portionsOf } from './portions.ts';
import { sseText } from './sse.ts';

/** A call in progress. */
type Known = { readonly mark: string; readonly json: string; readonly call: ListedCurrentCall };
/** The calls in progress at a moment, by id. */
type KnownCalls = ReadonlyMap<string, Known>;

/** Moments that are remembered: who was told of an earlier one is told all anew. */
const MAX_REMEMBERED = 8;
const NOTHING: KnownCalls = new Map();

/** Remembers the calls in progress, and what tells a reader of them. Each change makes a moment, by number. */
export function createCurrentCalls() {
  let moment = 0;
  let known = NOTHING;
  const remembered = new Map([[moment, known]]);
  /** what tells of this moment, by the one that a reader was told of before, and by what is shown to them */
  const told = new Map<string, readonly Buffer[]>();
  return {
    moment: () => moment,
    marks: (): CurrentMarks => new Map([...known].map(([id, { mark }]) => [id, mark])),
    update({ marks, changed }: CurrentSince): void {
      const read = new Map(changed.map((call) => [call.id, { call, json: JSON.stringify(call) }]));
      const now = new Map<string, Known>();
      for (const [id, mark] of marks) {
        const before = known.get(id);
        const at = read.get(id) ?? (before?.mark === mark ? before : undefined);
        // without: it has ended meanwhile
        if (at !== undefined) now.set(id, { mark, json: at.json, call: at.call });
      }
      if (now.size === known.size && [...now.keys()].every((id) => isSame(id, known, now))) {
        known = now;
        return;
      }
      known = now;
      moment += 1;
      remembered.set(moment, known);
      remembered.delete(moment - MAX_REMEMBERED);
      told.clear();
    },
    /** What tells one who was told of the moment `before` what is known now; null: who was told nothing. There is always some. */
    portionsSince(before: number | null, viewer: Viewer): readonly Buffer[] {
      const key = `${before} ${viewer.key}`;
      const portions =
        told.get(key) ?? portionsOf(eventsOf(before === null ? undefined : remembered.get(before), known, viewer));
      told.set(key, portions);
      return portions;
    },
    /** Who is who has changed: nobody is told by what was made before. */
    beginAnew(): void {
      told.clear();
    },
  };
}

/** `whole`: the calls of all parts together are all there are, forget the rest. Parts are counted from 1. */
function eventsOf(told: KnownCalls | undefined, all: KnownCalls, viewer: Viewer): string[] {
  const before = seenIn(told ?? NOTHING, viewer);
  const now = seenIn(all, viewer);
  const changed = [...now]
    .filter(([id]) => !isSame(id, before, now))
    .map(([, { call }]) => ({ call: JSON.stringify(viewer.show(call)) }));
  const ended = [...before.keys()].filter((id) => !now.has(id)).map((id) => ({ ended: JSON.stringify(id) }));
  const parts = inPortions<{ call?: string; ended?: string }>([...changed, ...ended], ({ call, ended }) =>
    Buffer.byteLength(call ?? ended ?? ''),
  );
  if (told === undefined && parts.length === 0) parts.push([]);
  return parts.map((part, at) => {
    const place = `"whole":${told === undefined},"part":${at + 1},"of":${parts.length}`;
    const calls = part.flatMap(({ call }) => call ?? []).join();
    const ids = part.flatMap(({ ended }) => ended ?? []).join();
    return sseText({ event: 'current', json: `{${place},"calls":[${calls}],"ended":[${ids}]}` });
  });
}

function seenIn(calls: KnownCalls, viewer: Viewer): KnownCalls {
  return viewer.seesAll ? calls : new Map([...calls].filter(([, { call }]) => viewer.sees(call)));
}

function isSame(id: string, before: KnownCalls, now: KnownCalls): boolean {
  return before.get(id)?.json === now.get(id)?.json;
}
