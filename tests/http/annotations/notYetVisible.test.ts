import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { entryIn, startAgent, textsIn } from './support.ts';

const test = suite('while the projection is behind', { deadlineMs: 60_000 });
const agent = await startAgent();
const { ask, tellCall, logCall, register } = agent;
test.after(agent.system.close);

test('an answer says what the entry is going to be, and readers get the same once it is projected', async () => {
  await register('by-hand', 'By Hand');
  await register('anna', 'Anna');
  const [told, byHand] = [await tellCall('inbound-missed'), await logCall({ notes: 'by hand' })];
  await agent.system.projector.stop();

  assert.equal(textsIn(await ask('PATCH', `/comms/${byHand}`, { notes: 'corrected', duration_seconds: 3 })), [
    'corrected',
  ]);
  await ask('PUT', `/comms/${told}/customer`, { customer_id: 'anna' });
  await ask('PUT', `/comms/${told}/done`);
  const answer = await ask('PUT', `/comms/${told}/merge`, { manual_id: byHand });
  assert.is(answer.headers.etag, `"${told}:2"`);
  const { position: _, ...said } = entryIn(answer);
  assert.equal([said.customer?.name, textsIn(answer)], ['Anna', ['corrected']]);

  await agent.system.resumeProjector().reach(await agent.system.log.head());
  const read = await ask('GET', `/comms/${told}`);
  const { position: __, ...entry } = entryIn(read);
  assert.equal([entry, read.headers.etag], [said, answer.headers.etag]);
});

test.run();
