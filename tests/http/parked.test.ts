import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { poison } from '../projections/support/events.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellCustomer } from './support/facts.ts';
import { type System, startSystem } from './support/system.ts';

const test = suite('trying parked events again over HTTP');

const PATH = '/api/admin/parked/retry';

test('tells how many are parked no more, and of the others why they still are', async () => {
  await withSystem(async (system) => {
    const stream = streamOf.call('main', '1795000000.1');
    const { position } = await system.log.append(stream, [poison(stream).event], 'no_stream');
    await system.projector.reach(position);
    await system.pool.query(`alter table read_v1.customer add constraint nobody check (name <> 'Anna')`);
    await tellCustomer(system, 'c-1', 'Anna');
    await system.pool.query('alter table read_v1.customer drop constraint nobody');
    const token = await system.token('admin');

    const answer = await system.ask({ method: 'POST', path: PATH, token, body: {} });
    assert.is(answer.status, 200, answer.text);
    assert.equal(
      ['version', 'folded', 'remaining', 'next'].map((name) => field(answer.json, name)),
      [1, 1, 1, null],
    );
    assert.equal(
      ['position', 'stream', 'revision', 'type'].map((name) => field(answer.json, `failed.0.${name}`)),
      [`${position}`, stream, 0, 'ChannelOpened'],
    );
    assert.match(String(field(answer.json, 'failed.0.error')), /^POISON_EVENT/);
    const customer = await system.ask({ path: '/api/crm/customers/c-1', token });
    assert.is(field(customer.json, 'name'), 'Anna');
    const after = await system.ask({ method: 'POST', path: PATH, token, body: { version: 1, after: `${position}` } });
    assert.equal([field(after.json, 'folded'), field(after.json, 'failed')], [0, []]);
  });
});

test('is refused by name for what is not there, and for what is no position', async () => {
  await withSystem(async (system) => {
    const token = await system.token('admin');
    const post = (body: unknown) => system.ask({ method: 'POST', path: PATH, token, body });
    assert.is((await post({ positions: ['7'] })).status, 404);
    assert.is((await post({ version: 7 })).status, 404);
    const wrong = await post({ positions: ['7', 'x'], all: true });
    assert.equal(
      [wrong.status, field(wrong.json, 'errors.0.pointer'), field(wrong.json, 'errors.1.pointer')],
      [422, '#/positions/1', '#/all'],
    );
  });
});

async function withSystem(work: (system: System) => Promise<void>): Promise<void> {
  const system = await startSystem();
  try {
    await work(system);
  } finally {
    await system.close();
  }
}

test.run();
