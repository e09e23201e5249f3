/** Contexts and endpoints that were met and that no rule knows, and the rule to add for each (design §7). */
import type { Leg } from './entry.ts';
import { isGlob, matchesSome } from './pattern.ts';
import { type Rules, rulesFor } from './rules.ts';

/** The channels of one call whose kind was guessed. */
export type GuessedCall = { readonly pbx: string; readonly legs: readonly GuessedLeg[] };
export type GuessedLeg = {
  readonly kind: Leg['kind'];
  readonly endpoint: string;
  /** by which it was guessed */
  readonly rule: string | null;
  /** null: its opening was not heard */
  readonly context: string | null;
};

export const PLACE_SETTINGS = [
  'trunk_contexts',
  'internal_contexts',
  'trunk_names',
  'shared_endpoints',
  'machine_names',
] as const;
export type PlaceSetting = (typeof PLACE_SETTINGS)[number];

/** `value` belongs into the list `setting` of the rules, if what was guessed is right. */
export type UnknownPlace = {
  readonly pbx: string;
  readonly setting: PlaceSetting;
  readonly value: string;
  /** in so many of the calls that were looked at */
  readonly calls: number;
};

/** More are met by nobody who has added the first. */
const MAX_PLACES = 50;

/** Those of most calls first; none that the rules know by now. */
export function unknownPlaces(calls: readonly GuessedCall[], rules: Rules): readonly UnknownPlace[] {
  const mixed = mixedContexts(calls);
  const places = new Map<string, UnknownPlace>();
  for (const { pbx, legs } of calls) {
    const its = new Map(legs.flatMap((leg) => placeOf(leg, (context) => mixed.has(keyOf(pbx, context)))));
    for (const [value, setting] of its) {
      if (!isGlob(value) || matchesSome(rulesFor(rules, pbx)[setting], value)) continue;
      const key = keyOf(pbx, setting, value);
      places.set(key, { pbx, setting, value, calls: (places.get(key)?.calls ?? 0) + 1 });
    }
  }
  return [...places.values()].sort((a, b) => b.calls - a.calls || (a.value < b.value ? -1 : 1)).slice(0, MAX_PLACES);
}

/** The rules with it: in the list of its PBX where that has one of its own. */
export function withPlace(rules: Rules, { pbx, setting, value }: UnknownPlace): Rules {
  const own = rules.pbx[pbx];
  const list = own?.[setting];
  if (list === undefined) return { ...rules, [setting]: [...rules[setting], value] };
  return { ...rules, pbx: { ...rules.pbx, [pbx]: { ...own, [setting]: [...list, value] } } };
}

/** Where both trunks and phones open, the context tells nothing of a trunk: its name does. */
function placeOf({ kind, endpoint, rule, context }: GuessedLeg, isMixed: (context: string) => boolean) {
  const place: [string, PlaceSetting][] = [];
  if (rule === 'number_at_shared_endpoint') place.push([endpoint, 'shared_endpoints']);
  else if (kind === 'machine') place.push([endpoint, 'machine_names']);
  else if (context !== null && kind === 'trunk') {
    place.push(isMixed(context) ? [endpoint, 'trunk_names'] : [context, 'trunk_contexts']);
  } else if (context !== null && kind === 'extension') place.push([context, 'internal_contexts']);
  return place;
}

function mixedContexts(calls: readonly GuessedCall[]): ReadonlySet<string> {
  const kinds = new Map<string, Leg['kind']>();
  const mixed = new Set<string>();
  for (const { pbx, legs } of calls) {
    for (const { kind, context } of legs) {
      if (kind === 'machine') continue;
      const key = keyOf(pbx, context ?? '');
      if ((kinds.get(key) ?? kind) !== kind) mixed.add(key);
      kinds.set(key, kind);
    }
  }
  return mixed;
}

function keyOf(...parts: readonly string[]): string {
  return parts.join(' ');
}
