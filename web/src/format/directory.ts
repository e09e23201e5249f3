import type { Person, PlaceNames } from '../api/types.ts';

type Line = Person['lines'][number];

/** Whether an extension is theirs at `at`, milliseconds since the epoch. */
export function holdsAt({ from, to }: Pick<Line, 'from' | 'to'>, at: number): boolean {
  return (from === null || Date.parse(from) <= at) && (to === null || at < Date.parse(to));
}

/** Whose an extension is now; that of several is nobody's. */
export function holdersNow(
  people: readonly Person[],
): readonly { readonly id: string; readonly name: string; readonly extension: string }[] {
  const now = Date.now();
  const held = people.flatMap(({ id, name, lines }) =>
    lines.filter((line) => holdsAt(line, now)).map(({ extension }) => ({ id, name, extension })),
  );
  return held.filter((one) => held.every(({ id, extension }) => extension !== one.extension || id === one.id));
}

/** What people call a place, whatever phone system it is of; null: it has no name. */
export function placeName(names: PlaceNames['queues'] | undefined, place: string): string | null {
  const found = new Set((names ?? []).filter((one) => one.place === place).map(({ name }) => name));
  return found.size === 0 ? null : [...found].join(', ');
}
