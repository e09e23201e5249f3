import fc from 'fast-check';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { derivationOf } from '../../../src/domain/derivation.ts';
import { createVersion } from '../../../src/projections/tables/createVersion.ts';
import { storedTables } from './agreement.ts';
import type { Told } from './events.ts';
import { silent, type TestReadModel, withReadModel } from './readModel.ts';

/** `SEED=…` plays the histories again. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Tries histories as they are drawn, each in a log of its own; `run` counts them from 1. */
export async function forHistories<Drawn>(
  histories: fc.Arbitrary<Drawn>,
  runs: number,
  holds: (model: TestReadModel, drawn: Drawn, run: number) => Promise<void>,
): Promise<void> {
  console.log(`seed ${seed}`);
  await withReadModel(async (database) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (drawn) => {
        run += 1;
        const log = await openPostgresLog({ url: database.url, logger: silent, schema: `log_${run}` });
        try {
          await holds({ ...database, log }, drawn, run);
        } finally {
          await log.close();
        }
      }),
      { seed, numRuns: runs, endOnFailure: true, includeErrorInReport: true },
    );
  });
}

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
