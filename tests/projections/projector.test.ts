import * as assert from 'uvu/assert';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { openReadModel, runProjector } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('the projector');

test('turns what the PBX said into the rows that its facts fold to', async () => {
  const database = await createDatabase();
  const model = await openReadModel(database.url);
  const projector = runProjector(model);
  const told = await sessionOf('pbx', 0, [demoRecording('inbound-answered'), demoRecording('inbound-transferred')]);
  await projector.reach(await new Appending(model.log).append(told));
  const { entries } = await storedTables(model.pool, model.version.schema);
  assert.is(entries.length, 2);
  await assertAgreesWithLog(model);
  await projector.stop();
  await model.close();
  await database.drop();
});

test.run();
