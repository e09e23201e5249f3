import * as assert from 'uvu/assert';
import { DialTable } from '../../src/adapters/postgres/index.ts';
import { beginCalls } from '../../src/dialling/index.ts';
import type { Origination } from '../../src/domain/dialling/origination.ts';
import { streamOf } from '../../src/domain/events.ts';
import { RATE_LIMITS } from '../../src/http/kit/rateLimit.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { Originated } from '../../src/ports/dialling.ts';
import { readEvents } from '../../src/ports/eventStore.ts';
import { silent } from '../projections/support/readModel.ts';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { type Answer, ask, field } from './support/ask.ts';
import { tellCustomer, tellRecording } from './support/facts.ts';
import { httpOf } from './support/httpOf.ts';
import { startSystem } from './support/system.ts';

const test = suite('having a call begun');
const system = await startSystem();
const requests = new DialTable(system.pool, { url: system.url, logger: silent });
const stopping = new AbortController();

/** What was asked of the phone system, and what it does next. */
const asked: Origination[] = [];
let next: () => Promise<Originated> = async () => ({ kind: 'begun' });
const done = beginCalls(
  {
    requests,
    originate: new Map([
      [
        'office',
        async (origination, { onAccepted }) => {
          asked.push(origination);
          const outcome = next();
          if ((await Promise.race([outcome, Promise.resolve(null)])) === null) onAccepted();
          return outcome;
        },
      ],
    ]),
    isOurs: () => true,
    log: system.log,
    clock: systemClock,
    logger: silent,
  },
  stopping.signal,
);
test.after(async () => {
  stopping.abort();
  await done;
  await requests.close();
  await system.close();
});

const admin = await system.token('admin');
const anna = await system.token('agent', 'anna');
const bert = await system.token('agent', 'bert');
const put = (path: string, body: unknown) => system.ask({ method: 'PUT', path: `/api/crm${path}`, token: admin, body });
const call = (body: unknown, token = anna): Promise<Answer> =>
  system.ask({ method: 'POST', path: '/api/crm/calls', token, body });
const stateOf = async (id: unknown, token = anna) =>
  field((await system.ask({ path: `/api/crm/calls/${id}`, token })).json, 'state');
const codeOf = ({ status, json }: Answer) => [status, field(json, 'code')];
let entry = '';

test.before(async () => {
  await tellRecording(system, 'office', 'inbound-answered');
  await tellCustomer(system, 'c-1', 'Maria', ['+442079460958', '6912345678', 'unreadable']);
  const { items } = await system.readModel.list({}, null, 1);
  entry = items[0]?.id ?? '';
  const lines = [
    { extension: '100', to: '2020-01-01T00:00:00Z' },
    { extension: '101', pbx: 'office' },
    { extension: '99101', pbx: 'office' },
  ];
  await put('/people/anna', { name: 'Anna', sub: 'anna', lines });
});

test('rings at the first phone that is theirs now, dials the number, and tells how far it is', async () => {
  let answer: (outcome: Originated) => void = () => {};
  next = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const { status, json, headers } = await call({ number: '+30 691 234 5678' });
  assert.equal([status, field(json, 'state'), field(json, 'extension')], [201, 'ringing', '101']);
  assert.is(headers.location, `/api/crm/calls/${field(json, 'id')}`);
  const { channelId, otherChannelId, ...sent } = asked.at(-1) ?? Object();
  assert.equal(sent, {
    channel: 'Local/101@from-internal',
    context: 'from-internal',
    dialled: '6912345678',
    callerId: '101',
    timeoutSeconds: 30,
  });
  answer({ kind: 'begun' });
  await eventually('it dials', async () => (await stateOf(field(json, 'id'))) === 'dialling');
  assert.is(await stateOf(field(json, 'id'), bert), undefined);
  const stream = streamOf.dial(String(field(json, 'id')));
  await eventually('it is recorded', async () => (await readEvents(system.log, stream)).length === 2);
  const [requested, answered] = await readEvents(system.log, stream);
  assert.equal(
    [requested?.type, Object(requested?.metadata.actor).sub, requested?.data],
    [
      'CallRequested',
      'anna',
      { pbx: 'office', extension: '101', dialled: '6912345678', channel_id: channelId, asked_from: 'number' },
    ],
  );
  assert.equal([answered?.type, answered?.data], ['CallRequestAnswered', { result: 'answered', reason: null }]);
  assert.is.not(channelId, otherChannelId);
  next = async () => ({ kind: 'begun' });
});

test('is asked for by an entry or a customer’s number too, without the number being told, and at another phone', async () => {
  await put('/settings', { masked_roles: ['agent'] });
  const byEntry = await call({ entry_id: entry, extension: '99101' });
  assert.is(byEntry.status, 201);
  assert.is(asked.at(-1)?.channel, 'Local/99101@from-internal');
  assert.is((await call({ customer_id: 'c-1', number_index: 0 })).status, 201);
  assert.is(asked.at(-1)?.dialled, '00442079460958');
  assert.not.match(byEntry.text, /69\d{8}/);
  await put('/settings', { masked_roles: [] });
});

test('is dialled as the settings want it', async () => {
  const click_to_call = {
    channel: 'PJSIP/{extension}',
    context: 'from-agents',
    number_form: 'e164',
    prefix: '9',
    caller_id: 'none',
    timeout_seconds: 60,
  };
  assert.is((await put('/settings', { click_to_call })).status, 200);
  assert.is((await call({ number: '6912345678' })).status, 201);
  const { channelId: _, otherChannelId: __, ...sent } = asked.at(-1) ?? Object();
  assert.equal(sent, {
    channel: 'PJSIP/101',
    context: 'from-agents',
    dialled: '9+306912345678',
    callerId: null,
    timeoutSeconds: 60,
  });
  assert.is((await put('/settings', { click_to_call: { enabled: false } })).status, 200);
  const count = asked.length;
  assert.equal(codeOf(await call({ number: '6912345678' })), [409, 'CALL_NOT_ALLOWED']);
  assert.is(asked.length, count);
  await put('/settings', { click_to_call: {} });
});

test('is refused with what is wrong, and nothing is asked of the phone system', async () => {
  const count = asked.length;
  const wrong: [unknown, string][] = [
    [{}, '#/number'],
    [{ number: '6912345678', entry_id: entry }, '#/number'],
    [{ customer_id: 'c-1' }, '#/number_index'],
    [{ number: '6912345678', number_index: 0 }, '#/number_index'],
    [{ number: 'anna' }, '#/number'],
    [{ number: '101&102' }, '#/number'],
    [{ number: '6912345678\r\nAction: Command\r\nCommand: core stop now' }, '#/number'],
    [{ customer_id: 'c-1', number_index: 2 }, '#/number_index'],
  ];
  for (const [body, pointer] of wrong) {
    const answer = await call(body);
    const fields = Object(field(answer.json, 'errors') ?? field(answer.json, 'fields'));
    assert.equal([answer.status, fields[0]?.pointer], [422, pointer], JSON.stringify(body));
  }
  for (const body of [
    { entry_id: '00000000-0000-4000-8000-000000000001' },
    { customer_id: 'nobody', number_index: 0 },
    { customer_id: 'c-1', number_index: 9 },
  ]) {
    assert.is((await call(body)).status, 404, JSON.stringify(body));
  }
  assert.equal(codeOf(await call({ number: '6912345678', extension: '100' })), [409, 'NO_PHONE']);
  assert.equal(codeOf(await call({ number: '6912345678' }, bert)), [409, 'NO_PHONE']);
  assert.is(asked.length, count);
});

test('is told why it is not begun', async () => {
  for (const [reason, code] of [
    ['not_permitted', 'CALL_NOT_ALLOWED'],
    ['pbx_away', 'CALL_REFUSED'],
    ['pbx_refused', 'CALL_REFUSED'],
  ] as const) {
    next = async () => ({ kind: 'refused', reason });
    const answer = await call({ number: '6912345678' });
    assert.is(
      answer.status === 409 ? field(answer.json, 'code') : field(answer.json, 'state'),
      answer.status === 409 ? code : 'ringing',
    );
  }
  next = async () => ({ kind: 'begun' });
});

test('is answered 503 where no server listens to the phone system, and is counted as what it was', async () => {
  await put('/people/bert', { name: 'Bert', sub: 'bert', lines: [{ extension: '102', pbx: 'elsewhere' }] });
  assert.equal(codeOf(await call({ number: '6912345678' }, bert)), [503, 'CALL_NOT_TAKEN']);
  const { text } = await system.ask({ path: '/metrics', token: admin });
  assert.match(text, /commslog_calls_requested_total\{result="not_taken"\} 1\b/);
  assert.match(text, /commslog_calls_requested_total\{result="asked"\} \d/);
});

test('is limited by itself', async () => {
  const http = httpOf({ ...system.options, rateLimits: { ...RATE_LIMITS, calls: 2 } });
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const body = { number: 'anna' };
  const statuses: number[] = [];
  for (let n = 0; n < 3; n += 1) {
    statuses.push((await ask(port, { method: 'POST', path: '/api/crm/calls', token: anna, body })).status);
  }
  assert.equal(statuses, [422, 422, 429]);
  assert.is((await ask(port, { path: '/api/me', token: anna })).status, 200);
  assert.is((await ask(port, { method: 'POST', path: '/api/crm/calls', token: bert, body })).status, 422);
  await http.close();
});

test.run();
