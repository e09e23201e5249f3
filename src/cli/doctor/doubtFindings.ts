import type { DoubtedRules } from '../../projections/index.ts';
import type { Finding } from './finding.ts';

/** What the latest calls speak against in the rules; the prefix of an outside line is a guess, and says so. */
export function doubtFindings({ prefixes, contexts }: DoubtedRules): Finding[] {
  return [
    ...prefixes.map(({ pbx, prefix, calls }) => ({
      level: 'warn' as const,
      what: `PBX ${pbx}: in ${calls} of the latest calls ${prefix} seems to have been dialled before the number, which no rule says`,
      advice: `if people dial it for an outside line add "${prefix}" to \`outside_line_prefixes\` in the rules, then \`commslog rebuild\``,
    })),
    ...contexts.map(({ pbx, endpoint, context }) => ({
      level: 'warn' as const,
      what: `PBX ${pbx}: ${endpoint} is one of \`shared_endpoints\`, and ${context}, in which it opens, is one of \`trunk_contexts\`: its numbers count, not the context`,
      advice: `take "${context}" out of \`trunk_contexts\` if phones open there too, else ${endpoint} out of \`shared_endpoints\``,
    })),
  ];
}
