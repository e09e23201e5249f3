import type { CurrentMarks, CurrentSince } from '../../ports/readModel.ts';
import { inPortions, portionsOf } from './portions.ts';
import { sseText } from './sse.ts';

/** A call in progress as events show it. */
type Known = { readonly mark: string; readonly json: string };
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
  /** what tells of this moment, by the one that a reader was told of before */
  const told = new Map<number | null, readonly Buffer[]>();
  return {
    moment: () => moment,
    marks: (): CurrentMarks => new Map([...known].map(([id, { mark }]) => [id, mark])),
    update({ marks, changed }: CurrentSince): void {
      const read = new Map(changed.map((call) => [call.id, JSON.stringify(call)]));
      const now = new Map<string, Known>();
      for (const [id, mark] of marks) {
        const before = known.get(id);
        const json = read.get(id) ?? (before?.mark === mark ? before.json : undefined);
        // without: it has ended meanwhile
        if (json !== undefined) now.set(id, { mark, json });
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
    portionsSince(before: number | null): readonly Buffer[] {
      const portions =
        told.get(before) ?? portionsOf(eventsOf(before === null ? undefined : remembered.get(before), known));
      told.set(before, portions);
      return portions;
    },
  };
}

/** `whole`: the calls of all parts together are all there are, forget the rest. Parts are counted from 1. */
function eventsOf(told: KnownCalls | undefined, now: KnownCalls): string[] {
  const before = told ?? NOTHING;
  const changed = [...now].filter(([id]) => !isSame(id, before, now)).map(([, { json }]) => ({ call: json }));
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

function isSame(id: string, before: KnownCalls, now: KnownCalls): boolean {
  return before.get(id)?.json === now.get(id)?.json;
}
