import type { ListedCurrentCall } from '../../ports/readModel.ts';

/** What a `current` event says: calls in progress that are new or other than before, and those that have ended. */
export type CurrentCalls = {
  /** true: `calls` are all there are, forget the rest */
  readonly whole: boolean;
  readonly calls: readonly ListedCurrentCall[];
  readonly ended: readonly string[];
};

/** Remembers the calls in progress and tells what has changed since. */
export function createCurrentCalls() {
  let known = new Map<string, { readonly call: ListedCurrentCall; readonly json: string }>();
  return {
    whole: (): CurrentCalls => ({ whole: true, calls: [...known.values()].map(({ call }) => call), ended: [] }),
    /** null: nothing has changed */
    update(calls: readonly ListedCurrentCall[]): CurrentCalls | null {
      const before = known;
      known = new Map(calls.map((call) => [call.id, { call, json: JSON.stringify(call) }]));
      const changed = [...known].filter(([id, { json }]) => before.get(id)?.json !== json).map(([, { call }]) => call);
      const ended = [...before.keys()].filter((id) => !known.has(id));
      return changed.length + ended.length === 0 ? null : { whole: false, calls: changed, ended };
    },
  };
}
