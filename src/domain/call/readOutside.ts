/** What the number of the outside party means, and what of it `why` tells. */
import { type ReadNumber, readNumber, readSent, type Sent } from '../phone/index.ts';
import { type PbxRules, trunkRulesFor } from '../rules.ts';

export type ReadOutside = { readonly e164: string | null; readonly inputs: Readonly<Record<string, unknown>> };

/** Of a call that came in on a trunk. */
export function readPresented(raw: string | null, trunk: string, rules: PbxRules): ReadOutside {
  if (raw === null) return { e164: null, inputs: {} };
  const { numbers: trunkForm = null } = trunkRulesFor(rules, trunk);
  return toldOf(readNumber(raw, 'trunk', { ...howIn(rules), trunkForm }));
}

/** Of a call that was sent to a trunk. */
export function readCalled(numbers: Sent, trunk: string, rules: PbxRules): ReadOutside {
  const { numbers: trunkForm = null, prefixes: trunkPrefixes = [] } = trunkRulesFor(rules, trunk);
  const outsideLinePrefixes = rules.outside_line_prefixes;
  const { takenOff, agreesWith, ...read } = readSent(numbers, {
    ...howIn(rules),
    trunkForm,
    trunkPrefixes,
    outsideLinePrefixes,
  });
  const { e164, inputs } = toldOf(read);
  return {
    e164,
    inputs: {
      ...inputs,
      ...(takenOff === null ? {} : { taken_off: takenOff }),
      ...(agreesWith === null ? {} : { agrees_with: agreesWith }),
    },
  };
}

function howIn({ country, extension_patterns }: PbxRules) {
  return { country, extensionPatterns: extension_patterns };
}

function toldOf({ e164, rule, isAmbiguous }: ReadNumber): ReadOutside {
  return { e164, inputs: { read_as: rule, ...(isAmbiguous ? { form: 'ambiguous_form' } : {}) } };
}
