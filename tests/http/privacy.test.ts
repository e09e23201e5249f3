import * as assert from 'uvu/assert';
import { CommslogError } from '../../src/errors.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('personal data stays out of the program’s log');
const system = await startSystem();
test.after(system.close);

const PERSONAL = ['Anna Papadopoulou', '6971234567', '2101112223', 'wants a loan', 'Ανώνυμη'];

test('a whole run of requests, good and bad, logs no number, name, note, token, cookie or link', async () => {
  const token = await system.token('admin');
  const ask = (method: string, path: string, body?: unknown) => system.ask({ method, path, token, body });
  await tellRecording(system, 'main', 'inbound-greek-name');
  const list = await ask('GET', '/api/crm/comms');
  const heard = [field(list.json, 'items.0.external_number'), field(list.json, 'items.0.external_name')].map(String);
  const customer = { name: PERSONAL[0], numbers: [{ number: PERSONAL[1] }, { number: PERSONAL[2] }] };
  assert.is((await ask('PUT', '/api/crm/customers/c-1', customer)).status, 201);
  await ask('PUT', '/api/crm/customers/c-1', { ...customer, [`${PERSONAL[1]}`]: PERSONAL[0] });
  await ask('PUT', `/api/crm/customers/${encodeURIComponent(PERSONAL[0] ?? '')}`, customer);
  const call = { customer_id: 'c-1', direction: 'inbound', duration_seconds: 5, notes: PERSONAL[3] };
  assert.is((await ask('POST', '/api/crm/calls/log', call)).status, 201);
  await ask('POST', '/api/crm/calls/log', `{"notes":"${PERSONAL[3]}"`);
  await ask('GET', `/api/crm/comms?q=${encodeURIComponent(PERSONAL[4] ?? '')}`);
  await ask('GET', `/api/crm/comms/${PERSONAL[1]}`);
  await ask('GET', `/api/crm/comms/tel:${PERSONAL[1]}/x?name=${encodeURIComponent(PERSONAL[0] ?? '')}`);
  await ask('GET', `/${PERSONAL[2]}`);
  await system.ask({ path: '/livez', headers: { host: `${PERSONAL[1]}.example`, 'user-agent': PERSONAL[3] ?? '' } });
  const signedIn = await ask('POST', '/api/session');
  const cookie = String(signedIn.headers['set-cookie']).split(';', 1)[0] ?? '';
  await system.ask({ path: '/api/me', headers: { cookie, authorization: 'Bearer some-secret-token' } });
  await ask('POST', '/api/session', { link: 'some-secret-link' });

  const log = system.logged.join('');
  assert.ok(system.logged.length > 10);
  for (const secret of [...PERSONAL, ...heard, token, cookie.split('=')[1] ?? '', 'some-secret']) {
    assert.not(log.includes(secret), secret);
  }
});

test('an unforeseen error that quotes a value is logged without it, its cause too', async () => {
  const quoting = new Error(`invalid input: "${PERSONAL[1]}"`, { cause: new Error(`Key (name)=(${PERSONAL[0]})`) });
  const broken = await startSystem({
    readModel: {
      ...system.readModel,
      list: () => Promise.reject(Object.assign(quoting, { detail: PERSONAL[2], code: '22P02' })),
      counts: () => Promise.reject(new CommslogError('DATABASE_UNAVAILABLE', 'away', { cause: quoting })),
    },
  });
  const token = await broken.token('agent');
  assert.is((await broken.ask({ path: '/api/crm/comms', token })).status, 500);
  assert.is((await broken.ask({ path: '/api/crm/comms/counts', token })).status, 503);
  const log = broken.logged.join('');
  for (const value of PERSONAL) assert.not(log.includes(value), value);
  assert.match(log, /"code":"22P02"/);
  assert.match(log, /privacy\.test\.ts/);
  await broken.close();
});

test('a line tells who asked what, by route, how it ended and how long it took', async () => {
  const token = await system.token('auditor', 'auditor-3');
  await system.ask({ path: '/api/crm/customers/c-1', token, headers: { 'x-request-id': 'request-0042' } });
  const [text = '{}', ...more] = system.logged.filter((one) => one.includes('request-0042'));
  assert.equal(more, []);
  assert.is(text.split('"route"').length, 2);
  const line = JSON.parse(text);
  const { method, route, sub, role, request_id, res, ms } = line;
  assert.equal(
    { method, route, sub, role, request_id, res },
    {
      method: 'GET',
      route: '/api/crm/customers/{id}',
      sub: 'auditor-3',
      role: 'auditor',
      request_id: 'request-0042',
      res: { status: 200 },
    },
  );
  assert.type(ms, 'number');
});

test.run();
