import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { startSystem } from './support/system.ts';

const test = suite('importing customers');
const system = await startSystem();
const admin = await system.token('admin');
test.after(system.close);

const CSV = { 'content-type': 'text/csv; charset=utf-8' };
const NDJSON = { 'content-type': 'application/x-ndjson' };
const send = (body: string, headers: Record<string, string>): Promise<Answer> =>
  system.ask({ method: 'POST', path: '/api/crm/customers/import', token: admin, body, headers });
const get = (id: string) => system.ask({ path: `/api/crm/customers/${id}`, token: admin });

test('takes a table, whose numbers are understood and found at once', async () => {
  const answer = await send(
    '\ufeffid,name,numbers\r\nc1,"Kallergis, Marios",691 234 5678;210 123 4567\r\nc2,Ελένη,\r\n',
    CSV,
  );
  assert.equal(answer.json, {
    registered: 2,
    changed: 0,
    unchanged: 0,
    refused: 0,
    not_understood: 0,
    problems: [],
    remarks: [],
  });
  const read = await get('c1');
  assert.is(field(read.json, 'name'), 'Kallergis, Marios');
  assert.equal(
    [field(read.json, 'numbers.0.e164'), field(read.json, 'numbers.1.e164')],
    ['+306912345678', '+302101234567'],
  );
  assert.equal(field((await get('c2')).json, 'numbers'), []);
});

test('takes JSON lines; the same again changes nothing, and of two lines for one customer the last holds', async () => {
  const line = (name: string) => `${JSON.stringify({ id: 'n1', name, numbers: [{ number: '+44 20 7123 4567' }] })}\n`;
  assert.is(field((await send(line('One') + line('Two'), NDJSON)).json, 'registered'), 1);
  assert.is(field((await get('n1')).json, 'name'), 'Two');
  assert.is(field((await send(line('Two'), NDJSON)).json, 'unchanged'), 1);
  assert.is(field((await send(line('Three'), NDJSON)).json, 'changed'), 1);
});

test('refuses a wrong line by its number and field, keeps the others, and repeats nothing of it', async () => {
  const body = [
    '{"id":"ok","name":"Fine","numbers":[]}',
    'no json',
    '{"id":"bad id!","name":"Secret Name","numbers":[],"x":1}',
  ];
  const answer = await send(body.join('\n'), NDJSON);
  assert.equal([field(answer.json, 'registered'), field(answer.json, 'refused')], [1, 2]);
  assert.equal([field(answer.json, 'problems.0.line'), field(answer.json, 'problems.1.line')], [2, 3]);
  assert.match(answer.text, '#/id');
  assert.match(answer.text, '#/x');
  assert.not.match(answer.text, 'Secret Name');
});

test('refuses another type, a damaged table and a table that is too long', async () => {
  assert.is((await send('{}', { 'content-type': 'application/json' })).status, 415);
  assert.is((await send('id,"name\na,b\n', CSV)).status, 400);
  const large = await send(`id,name,numbers\n${'x,y,\n'.repeat(60_000)}`, CSV);
  assert.is(large.status, 413, large.text);
});

test('tells whoever sends too much that it is, also when its length was not said before', async () => {
  const tooMuch = 'x'.repeat(30_000_000);
  const answers = [
    await send(tooMuch, NDJSON),
    await send(tooMuch, { ...NDJSON, 'transfer-encoding': 'chunked' }),
    await send(`id,name,numbers\n"${tooMuch}"`, { ...CSV, 'transfer-encoding': 'chunked' }),
  ];
  assert.equal(
    answers.map(({ status, json }) => [status, field(json, 'code')]),
    answers.map(() => [413, 'PAYLOAD_TOO_LARGE']),
  );
});

test('reads no line of millions of brackets, which would keep everybody waiting', async () => {
  const deep = await send(`{"id":"c1","name":"Fine","numbers":[]}\n${'['.repeat(9_000_000)}`, NDJSON);
  assert.is(deep.status, 413, deep.text);
  assert.match(deep.text, 'characters');
});

test('tells of a line with thousands of unknown fields the first hundred', async () => {
  const fields = Array.from({ length: 5_000 }, (_, n) => `"f${n}":1`).join(',');
  const answer = await send(`{${fields}}`, NDJSON);
  assert.is(Object(field(answer.json, 'problems.0.errors')).length, 100);
});

test.run();
