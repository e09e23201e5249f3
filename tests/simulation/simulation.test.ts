import { createVersion } from '../../src/projections/tables/createVersion.ts';
import { withReadModel } from '../projections/support/readModel.ts';
import { newSeed } from '../support/random.ts';
import { suite } from '../support/suite.ts';
import { simulate } from './history.ts';

const test = suite('the program in a simulated world', { deadlineMs: 240_000 });

/** `SIMULATION_SEED=…` lives one history again, `SIMULATION_STEPS=…` lives longer. */
const { SIMULATION_SEED, SIMULATION_STEPS } = process.env;
const STEPS = Number(SIMULATION_STEPS ?? 10_000);
const STEPS_OF_ONE = 1_500;

test('loses nothing that the journal has acknowledged, stores it once, and shows the fold of the log, whatever fails when', async () => {
  await withReadModel(async (model) => {
    for (let lived = 0, history = 0; lived < STEPS; history += 1) {
      const seed = Number(SIMULATION_SEED ?? newSeed());
      console.log(`seed ${seed}`);
      const { rules, derivation } = model.version;
      const version = { ...model.version, version: history + 2, schema: `read_v${history + 2}` };
      await createVersion(model.db, version.version, { logId: 'a-simulated-log', rules, derivation });
      lived += await simulate(seed, STEPS_OF_ONE, { ...model, version });
      if (SIMULATION_SEED !== undefined) return;
    }
  });
});

test.run();
