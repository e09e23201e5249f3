import type { ListedCurrentCall } from '../../ports/readModel.ts';
import { inPortions, portionsOf } from './portions.ts';
import { sseEvent } from './sse.ts';

/** What a `current` event says: calls in progress that are new or other than before, and those that have ended. */
type CurrentCalls = {
  /** true: the calls of all parts together are all there are, forget the rest */
  readonly whole: boolean;
  /** from 1 */
  readonly part: number;
  readonly of: number;
  readonly calls: readonly ListedCurrentCall[];
  readonly ended: readonly string[];
};

type Known = { readonly call: ListedCurrentCall; readonly json: string };
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
    update(calls: readonly ListedCurrentCall[]): void {
      const now = new Map(calls.map((call) => [call.id, { call, json: JSON.stringify(call) }]));
      if (now.size === known.size && calls.every(({ id }) => isSame(id, known, now))) return;
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

function eventsOf(told: KnownCalls | undefined, now: KnownCalls): string[] {
  const whole = told === undefined;
  const before = told ?? NOTHING;
  const changed = [...now.values()].filter(({ call: { id } }) => !isSame(id, before, now));
  const ended = [...before.keys()].filter((id) => !now.has(id));
  const parts = inPortions<Known | string>([...changed, ...ended], (one) =>
    Buffer.byteLength(typeof one === 'string' ? one : one.json),
  );
  if (whole && parts.length === 0) parts.push([]);
  return parts.map((part, at) => {
    const calls = part.flatMap((one) => (typeof one === 'string' ? [] : [one.call]));
    const ids = part.filter((one) => typeof one === 'string');
    const data: CurrentCalls = { whole, part: at + 1, of: parts.length, calls, ended: ids };
    return sseEvent({ event: 'current', data });
  });
}

function isSame(id: string, before: KnownCalls, now: KnownCalls): boolean {
  return before.get(id)?.json === now.get(id)?.json;
}
