import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';
import { derivationOf, isOfNewerProgram } from '../../domain/derivation.ts';
import { parseStoredRules, type Rules } from '../../domain/rules.ts';
import type { RulesInForce } from '../../ports/rebuilds.ts';
import type { ControlTables } from '../tables/schema.ts';
import { activeVersion } from '../tables/versions.ts';

type Db = Kysely<ControlTables>;

/**
 * Looks at the rules that the file proposes. Only a file that is not as it was seen last proposes something; what it
 * proposes waits for a rebuild, and nothing is switched.
 */
export async function seeRules(db: Db, proposed: Rules): Promise<void> {
  const tables = db.withSchema('commslog');
  const { seen_rules } = await tables.selectFrom('read_model').select('seen_rules').executeTakeFirstOrThrow();
  const active = await activeVersion(db);
  const seen = seen_rules === null ? active?.rules : parseStoredRules(seen_rules);
  const text = JSON.stringify(proposed);
  const isOther = seen !== undefined && !isDeepStrictEqual(seen, proposed);
  await tables
    .updateTable('read_model')
    .set(isOther ? { seen_rules: text, waiting_rules: text } : { seen_rules: text })
    .execute();
}

/** The rules that the active version was built with, and what waits. Null while there is no active version. */
export async function rulesInForce(db: Db): Promise<RulesInForce | null> {
  const active = await activeVersion(db);
  if (!active) return null;
  const { version, derivation, rules } = active;
  const { mixed, waiting_rules } = await db
    .withSchema('commslog')
    .selectFrom('read_model_version')
    .innerJoin('read_model', 'active_version', 'version')
    .select(['mixed', 'waiting_rules'])
    .executeTakeFirstOrThrow();
  const proposed = waiting_rules === null ? rules : parseStoredRules(waiting_rules);
  return { active: { version, derivation, rules, mixed }, waiting: waitingOf({ rules, derivation, mixed }, proposed) };
}

function waitingOf(
  active: { readonly rules: Rules; readonly derivation: string; readonly mixed: boolean },
  proposed: Rules,
): RulesInForce['waiting'] {
  const otherRules = derivationOf(proposed) !== derivationOf(active.rules);
  // a newer server beside this one has built it: to go back by ourselves would be answered by it with the same
  const otherCode =
    !isOfNewerProgram(active.derivation) && (derivationOf(active.rules) !== active.derivation || active.mixed);
  if (!otherRules && !otherCode) return null;
  const reason = otherRules && otherCode ? 'rules and code' : otherRules ? 'rules' : 'code';
  return { rules: proposed, derivation: derivationOf(proposed), reason };
}
