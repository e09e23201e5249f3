import type { Config } from '../../config.ts';
import { contradictionsOf } from '../../domain/contradictions.ts';
import { pitfallsOf } from '../../domain/phone/index.ts';
import { type PbxRules, type Rules, rulesFor } from '../../domain/rules.ts';
import { proposedRules } from '../opening/rulesFile.ts';
import { type Finding, failure } from './finding.ts';

/** What the rules that the next start proposes say, and what of it goes wrong, by the settings of each PBX. */
export function ruleFindings(config: Config): Finding[] {
  try {
    const { rules, source } = proposedRules(config);
    const from = source === 'file' ? (config.RULES_FILE ?? '') : 'the defaults';
    const names = config.pbxs.map(({ id }) => id);
    return ofEach(names, rules, (its) => [countryFinding(its, from), ...troubles(its)]);
  } catch (error) {
    return [failure('the rules', error, `correct ${config.RULES_FILE}`)];
  }
}

/** What is so of every PBX is said once, without a name; without a PBX what is so of those that the rules name. */
function ofEach(names: readonly string[], rules: Rules, ask: (its: PbxRules) => readonly Finding[]): Finding[] {
  const all = names.length > 0 ? names : ['', ...Object.keys(rules.pbx)];
  const found = new Map<string, { readonly finding: Finding; readonly pbxs: string[] }>();
  for (const pbx of all) {
    for (const finding of ask(rulesFor(rules, pbx))) {
      const known = found.get(finding.what);
      if (known) known.pbxs.push(pbx);
      else found.set(finding.what, { finding, pbxs: [pbx] });
    }
  }
  return [...found.values()].map(({ finding, pbxs }) => {
    if (pbxs.length === all.length || pbxs[0] === '') return finding;
    return { ...finding, what: `PBX ${pbxs.join(', ')}: ${finding.what}` };
  });
}

function countryFinding({ country }: PbxRules, from: string): Finding {
  if (country !== null) return { level: 'ok', what: `rules from ${from}, national numbers of ${country}` };
  return {
    level: 'warn',
    what: `rules from ${from}, without a country`,
    advice: 'set COUNTRY (or `country` in rules.json), else only numbers with + or 00 find their customer',
  };
}

function troubles(its: PbxRules): Finding[] {
  const { country, extension_patterns: extensionPatterns, outside_line_prefixes: outsideLinePrefixes } = its;
  const contradictions = contradictionsOf(its).map(({ setting, value, first, instead }) => ({
    what: `"${value}" of \`${setting}\` counts for nothing, since "${instead}" of \`${first}\` comes before it`,
    advice: 'take it out of one of them',
  }));
  const pitfalls = [...pitfallsOf({ country, extensionPatterns, outsideLinePrefixes }), ...contradictions];
  return pitfalls.map((pitfall) => ({ level: 'warn', ...pitfall }));
}
