import type { UnknownPlace } from '../../domain/unknownPlaces.ts';
import type { Finding } from './finding.ts';

/** Contexts and trunks that no rule knows: what the rows say of them was guessed. */
export function placeFindings(places: readonly UnknownPlace[]): Finding[] {
  if (places.length === 0) return [{ level: 'ok', what: 'the rules know every context and trunk of the last 30 days' }];
  return places.map(({ pbx, setting, value, calls }) => ({
    level: 'warn',
    what: `PBX ${pbx}: no rule knows ${value}, which ${calls} of the latest calls went through: ${MEANT[setting]}`,
    advice: `if that is right add "${value}" to \`${setting}\` in the rules, then \`commslog rebuild\``,
  }));
}

const MEANT: Readonly<Record<UnknownPlace['setting'], string>> = {
  trunk_contexts: 'it is taken for a context of trunks',
  internal_contexts: 'it is taken for a context of phones',
  trunk_names: 'it is taken for a trunk, in a context of phones',
  machine_names: 'it is taken for a machine, by its technology',
  shared_endpoints: 'it is taken for the way to phones and to a provider alike',
};
