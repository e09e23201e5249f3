/** Names of which the rules say two things; the first that is asked counts. */
import { matchesGlob, matchesSome } from './pattern.ts';
import { type PbxRules, type Rules, rulesFor } from './rules.ts';

type NameSetting = 'machine_names' | 'trunk_names' | 'shared_endpoints' | 'trunk_contexts' | 'internal_contexts';

/** `value` of the list `setting` counts for nothing, because of `instead` in the list `first`. */
export type Contradiction = {
  readonly setting: NameSetting;
  readonly value: string;
  readonly first: NameSetting;
  readonly instead: string;
};

/** An endpoint that leads to phones and a provider, and a context that it opened in. */
export type SharedContext = { readonly pbx: string; readonly endpoint: string; readonly context: string };

const MAX_TOLD = 20;
/** In the order in which they are asked. */
const ASKED: readonly (readonly NameSetting[])[] = [
  ['machine_names', 'trunk_names', 'shared_endpoints'],
  ['trunk_contexts', 'internal_contexts'],
];

export function contradictionsOf(rules: PbxRules): readonly Contradiction[] {
  const found = ASKED.flatMap((settings) =>
    settings.flatMap((setting, at) =>
      rules[setting].flatMap((value) => {
        const before = settings.slice(0, at).flatMap((first) => rules[first].map((instead) => ({ first, instead })));
        const told = before.find(({ instead }) => matchesGlob(instead, value));
        return told ? [{ setting, value, ...told }] : [];
      }),
    ),
  );
  return found.slice(0, MAX_TOLD);
}

/** Of those that were met, the ones in a context of which the rules say that trunks open there. */
export function contradictedContexts(met: readonly SharedContext[], rules: Rules): readonly SharedContext[] {
  const isContradicted = ({ pbx, endpoint, context }: SharedContext) => {
    const { shared_endpoints, trunk_contexts } = rulesFor(rules, pbx);
    return matchesSome(shared_endpoints, endpoint) && matchesSome(trunk_contexts, context);
  };
  return met.filter(isContradicted).slice(0, MAX_TOLD);
}
