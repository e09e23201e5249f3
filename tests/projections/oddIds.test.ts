import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { factsOf, fieldOfFact, listening } from '../support/listening.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog, storedTables } from './support/agreement.ts';
import { runProjector, withReadModel } from './support/readModel.ts';
import { demoRecording } from './support/recordedCalls.ts';

const test = suite('ids that an application made up');

/** Six thousand characters that no index can make small enough. */
const LONG_ID = Array.from({ length: 1_200 }, (_, nth) => ((nth * 7_919_777) % 1_048_573).toString(36)).join('.');

test('a UserEvent that says too long an id is stored as it was sent, and the calls after it get their rows', async () => {
  await withReadModel(async (model) => {
    const projector = runProjector(model);
    const call = readFileSync(demoRecording('inbound-answered'), 'utf8').replace(/^.*\r?\n/, '');
    const { pbx, listener, end } = await listening(model.log, (client) => {
      client.send(eventText('UserEvent', { UserEvent: 'ticket', Channel: 'x', Uniqueid: LONG_ID, Linkedid: LONG_ID }));
      client.send(eventText('UserEvent', { UserEvent: 'ticket', Uniqueid: '1.1', BridgeUniqueid: LONG_ID }));
      client.send(call);
    });
    await eventually(
      'the call is stored',
      () => listener.state().journal.records === 0 && listener.state().stored > 20,
    );
    await end();
    await projector.reach(await model.log.head());
    await projector.stop();

    const [odd] = await factsOf(model.log, pbx);
    assert.ok(odd);
    assert.is(odd.stream, `call-${pbx}-session0`);
    assert.is(fieldOfFact(odd, 'Uniqueid'), LONG_ID);
    const { entries, parked } = await storedTables(model.pool, model.version.schema);
    assert.is(entries.length, 1);
    assert.is(parked.size, 0);
    await assertAgreesWithLog(model);
  });
});

test.run();
