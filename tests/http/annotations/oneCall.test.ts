import * as assert from 'uvu/assert';
import { entryId } from '../../../src/domain/callId.ts';
import { Appending } from '../../projections/support/appending.ts';
import { twoThatMayBeOne } from '../../projections/support/recordedCalls.ts';
import { suite } from '../../support/suite.ts';
import { field } from '../support/ask.ts';
import { entryIn, startAgent, textsIn } from './support.ts';

const test = suite('two calls that turn out to be one');
const agent = await startAgent();
const { ask, register, said } = agent;
test.after(agent.system.close);

test('keep what was said of both, and the old link leads to the one entry, for readers and for commands', async () => {
  await register('anna', 'Anna');
  await register('bert', 'Bert');
  const { told, older, newer, join } = await twoThatMayBeOne();
  const appending = new Appending(agent.system.log);
  await agent.system.projector.reach(await appending.append(told));
  const [kept, gone] = [entryId('pbx', older), entryId('pbx', newer)];
  await ask('PUT', `/comms/${gone}/customer`, { customer_id: 'bert' });
  await ask('PUT', `/comms/${kept}/customer`, { customer_id: 'anna' });
  await ask('POST', `/comms/${kept}/notes`, { text: 'of the older' });
  await ask('POST', `/comms/${gone}/notes`, { text: 'of the newer' });
  await ask('PUT', `/comms/${gone}/done`);

  await agent.system.projector.reach(await appending.append([join]));
  const moved = await ask('GET', `/comms/${gone}`);
  assert.equal([moved.status, moved.headers.location], [308, `/api/crm/comms/${kept}`]);
  const one = await ask('GET', `/comms/${kept}`);
  assert.equal([entryIn(one).customer_id, textsIn(one)], ['anna', ['of the older', 'of the newer']]);
  assert.type(entryIn(one).done_at, 'string');

  const opened = await ask('DELETE', `/comms/${gone}/done`);
  assert.equal([entryIn(opened).id, entryIn(opened).done_at], [kept, null]);
  const note = entryIn(one).notes[1]?.id;
  assert.equal(textsIn(await ask('DELETE', `/comms/${gone}/notes/${note}`)), ['of the older']);
  assert.equal(await said(kept), ['CallAssigned', 'NoteAdded', 'CallMarkedOpen']);
  const raw = await agent.system.ask({
    path: `/api/crm/comms/${kept}/events?limit=100`,
    token: await agent.system.token('auditor'),
  });
  const types = Object(field(raw.json, 'items')).map((event: object) => field(event, 'type'));
  assert.is(types.filter((type: unknown) => type === 'NoteAdded').length, 2);
});

test.run();
