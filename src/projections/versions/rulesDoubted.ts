import { contradictedContexts, type SharedContext } from '../../domain/contradictions.ts';
import type { Rules } from '../../domain/rules.ts';
import { type UnknownPrefix, unknownPrefixes } from '../../domain/unknownPrefixes.ts';
import { sharedContexts } from '../queries/sharedContexts.ts';
import { typedCalls } from '../queries/typedCalls.ts';
import { type LatestCallsDeps, ofLatestCalls } from './latestCalls.ts';

export type DoubtedRules = {
  readonly prefixes: readonly UnknownPrefix[];
  readonly contexts: readonly SharedContext[];
};

/** What the calls of the last days speak against in the rules in force; nothing while nothing is served. */
export async function rulesDoubted(deps: LatestCallsDeps): Promise<DoubtedRules> {
  const latest = await ofLatestCalls(deps, async (tables, since, rules) => ({
    typed: await typedCalls(tables, since),
    // all rows of the time are looked through for it
    shared: namesShared(rules) ? await sharedContexts(tables, since) : [],
  }));
  if (latest === null) return { prefixes: [], contexts: [] };
  const { found, rules } = latest;
  return { prefixes: unknownPrefixes(found.typed, rules), contexts: contradictedContexts(found.shared, rules) };
}

function namesShared({ shared_endpoints, pbx }: Rules): boolean {
  return [shared_endpoints, ...Object.values(pbx).map((its) => its.shared_endpoints ?? [])].some(
    (names) => names.length > 0,
  );
}
