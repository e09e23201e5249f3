import { derivationOf } from '../../../src/domain/derivation.ts';
import { createVersion } from '../../../src/projections/createVersion.ts';
import { storedTables } from './agreement.ts';
import type { Told } from './events.ts';
import type { TestReadModel } from './readModel.ts';

/** The streams side by side in the drawn order, each in its own. */
export function shuffled(told: readonly Told[], order: readonly number[]): Told[] {
  const queues = new Map<string, Told[]>();
  for (const one of told) queues.set(one.stream, [...(queues.get(one.stream) ?? []), one]);
  const mixed: Told[] = [];
  for (let at = 0; queues.size > 0; at += 1) {
    const names = [...queues.keys()];
    const name = names[(order[at % order.length] ?? 0) % names.length] ?? '';
    const [first, ...rest] = queues.get(name) ?? [];
    if (first) mixed.push(first);
    if (rest.length > 0) queues.set(name, rest);
    else queues.delete(name);
  }
  return mixed;
}

/** An empty version at the beginning of the model's log. */
export async function newVersion(
  model: TestReadModel,
  version: number,
  rules = model.version.rules,
): Promise<TestReadModel> {
  const derivation = derivationOf(rules);
  await createVersion(model.db, version, { logId: await model.log.logId(), rules, derivation });
  return { ...model, version: { version, schema: `read_v${version}`, derivation, rules } };
}

/** What readers see, without the numbers of changes: who is told more often has more. */
export async function readable({ pool, version }: TestReadModel) {
  const { seqs, ...tables } = await storedTables(pool, version.schema);
  return tables;
}
