import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { startSystem } from './support/system.ts';

const test = suite('tables of customers, as spreadsheets and address books write them');
const system = await startSystem();
const admin = await system.token('admin');
test.after(system.close);

const reportSchema = z.object({
  registered: z.int(),
  refused: z.int(),
  not_understood: z.int(),
  problems: z.array(
    z.object({ line: z.int(), errors: z.array(z.object({ pointer: z.string(), detail: z.string() })) }),
  ),
  remarks: z.array(z.string()),
});
const customerSchema = z.object({
  name: z.string(),
  numbers: z.array(z.object({ number: z.string(), e164: z.string().nullable() })),
});

const send = (body: string | Buffer, type = 'text/csv') =>
  system.ask({
    method: 'POST',
    path: '/api/crm/customers/import',
    token: admin,
    body,
    headers: { 'content-type': type },
  });
const imported = async (body: string | Buffer, type?: string) => reportSchema.parse((await send(body, type)).json);
const customer = async (id: string) =>
  customerSchema.parse((await system.ask({ path: `/api/crm/customers/${id}`, token: admin })).json);
const numbersOf = async (id: string) => (await customer(id)).numbers.map(({ e164 }) => e164);

const root = fileURLToPath(new URL('../fixtures/reports/customers/', import.meta.url));
const expectedSchema = z.object({
  expect: z.object({
    registered: z.int().optional(),
    refused: z.int().optional(),
    problem_line: z.int().optional(),
    problems_lines: z.array(z.int()).optional(),
    numbers: z.record(z.string(), z.array(z.string())).default({}),
  }),
});

for (const folder of readdirSync(root)) {
  test(folder, async () => {
    const { expect } = expectedSchema.parse(JSON.parse(readFileSync(`${root}${folder}/expected.json`, 'utf8')));
    const report = await imported(readFileSync(`${root}${folder}/input.txt`));
    const lines = report.problems.map(({ line }) => line);
    assert.equal(lines, expect.problems_lines ?? (expect.problem_line === undefined ? [] : [expect.problem_line]));
    if (expect.registered !== undefined) assert.is(report.registered, expect.registered);
    if (expect.refused !== undefined) assert.is(report.refused, expect.refused);
    for (const [id, numbers] of Object.entries(expect.numbers)) assert.equal(await numbersOf(id), numbers);
  });
}

test('are parted as their header is: by comma, semicolon, tab, or what `sep=` says', async () => {
  const files = [
    ['id,name,numbers', 'd1,"Kappa; Sons",6912345671'],
    ['id;name;numbers', 'd2;Kappa, Sons;6912345671'],
    ['"id";"name";"numbers"', '"d3";"Kappa ""&"" Sons";"6912345671"'],
    ['id\tname\tnumbers', 'd4\tKappa, Sons\t6912345671'],
    ['sep=;', 'id;name;numbers', 'd5;Kappa, Sons;6912345671'],
    ['sep=|', 'id|name|numbers', 'd6|Kappa; Sons|6912345671'],
    ['sep=\t', 'id\tname\tnumbers', 'd7\tKappa; Sons\t6912345671'],
  ];
  for (const [at, lines] of files.entries()) {
    for (const end of ['\r\n', '\n', '\r']) {
      const { refused, problems } = await imported(`\ufeff${lines.join(end)}${end}`);
      assert.equal([refused, problems], [0, []], lines.join());
      assert.match((await customer(`d${at + 1}`)).name, 'Sons');
      assert.equal(await numbersOf(`d${at + 1}`), ['+306912345671']);
    }
  }
});

test('have cells with several numbers, whatever stands between them', async () => {
  const cells = [
    '"2101234569;6912345681"',
    '"2101234569, 6912345681"',
    '2101234569 / 6912345681',
    '2101234569 ::: 6912345681',
    '"2101234569\n6912345681"',
  ];
  for (const cell of cells) {
    await imported(`id;name;numbers\ne1;Maria;${cell}\n`);
    assert.equal(await numbersOf('e1'), ['+302101234569', '+306912345681'], cell);
  }
});

test('have cells of which nothing is left out unsaid', async () => {
  const many = Array.from({ length: 60 }, (_, n) => `69123456${String(n).padStart(2, '0')}`).join('|');
  const { problems } = await imported(`id,name,numbers\nm1,Maria,${many}\nm2,Nikos,6912345671\n`);
  assert.equal(
    problems.map(({ line, errors }) => [line, errors[0]?.pointer]),
    [[2, '#/numbers']],
  );
  assert.equal(await numbersOf('m2'), ['+306912345671']);
});

test('are read in UTF-16 and in Latin-1, and the report says so', async () => {
  const table = (id: string) => `id;name;numbers\r\n${id};Zoë Müller;6912345671\r\n`;
  const littleEndian = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.match((await imported(littleEndian(table('u1')))).remarks.join(), /UTF-16.*little/);
  assert.match((await imported(littleEndian(table('u2')).swap16())).remarks.join(), /UTF-16.*big/);
  assert.match((await imported(Buffer.from(table('u3'), 'latin1'))).remarks.join(), 'Latin-1');
  assert.equal((await imported(table('u4'))).remarks, []);
  for (const id of ['u1', 'u2', 'u3', 'u4']) {
    assert.equal([(await customer(id)).name, await numbersOf(id)], ['Zoë Müller', ['+306912345671']]);
  }
  const line = JSON.stringify({ id: 'u5', name: 'Zoë', numbers: [] });
  assert.match((await imported(littleEndian(line), 'application/x-ndjson')).remarks.join(), 'UTF-16');
  assert.is((await customer('u5')).name, 'Zoë');
});

test('are read in the charset that Content-Type names, Greek of Windows among them', async () => {
  const greek = Buffer.from('id;name;numbers\r\n', 'latin1');
  // Ελένη, as Greek Windows and ISO-8859-7 write it; DOS-Russian and Chinese, as others do
  const named: readonly [charset: string, bytes: readonly number[], name: string][] = [
    ['windows-1253', [0xc5, 0xeb, 0xdd, 0xed, 0xe7], 'Ελένη'],
    ['"WINDOWS-1253"; header=present', [0xc5, 0xeb, 0xdd, 0xed, 0xe7], 'Ελένη'],
    ['iso-8859-7', [0xc5, 0xeb, 0xdd, 0xed, 0xe7], 'Ελένη'],
    ['windows-1250', [0xa3, 0xf3, 0x64, 0x9f], 'Łódź'],
    ['ibm866', [0x80, 0xad, 0xad, 0xa0], 'Анна'],
    ['gb18030', [0xc0, 0xee], '李'],
  ];
  for (const [at, [charset, bytes, name]] of named.entries()) {
    const row = [Buffer.from(`g${at};`), Buffer.from(bytes), Buffer.from(';6912345671\r\n')];
    const { remarks } = await imported(Buffer.concat([greek, ...row]), `text/csv; charset=${charset}`);
    assert.equal([(await customer(`g${at}`)).name, remarks.length], [name, 1], charset);
    assert.match(remarks[0] ?? '', 'as its Content-Type says');
  }
});

test('are refused where they are not in that charset, or nobody knows it; nothing of them is imported', async () => {
  const latin = Buffer.from(`id;name;numbers\r\nh1;Zoe;\r\n${'h2;Zoë;\r\n'.repeat(20_000)}`, 'latin1');
  const answer = await send(latin, 'text/csv; charset=utf-8');
  assert.equal([answer.status, field(answer.json, 'code')], [400, 'BAD_REQUEST']);
  assert.match(answer.text, 'not in utf-8');
  assert.is((await send(latin, 'text/csv; charset=klingon')).status, 415);
  assert.is((await system.ask({ path: '/api/crm/customers/h1', token: admin })).status, 404);
});

test('are read in UTF-16 without a mark, whatever Content-Type says', async () => {
  const table = Buffer.from('id;name;numbers\r\nv1;Ελένη;6912345671\r\n', 'utf16le');
  assert.match((await imported(table)).remarks.join(), /UTF-16.*little/);
  assert.match((await imported(table.swap16(), 'text/csv; charset=utf-8')).remarks.join(), /UTF-16.*big/);
  assert.is((await customer('v1')).name, 'Ελένη');
  const line = Buffer.from(JSON.stringify({ id: 'v2', name: 'Ελένη', numbers: [] }), 'utf16le');
  await imported(line, 'application/x-ndjson');
  assert.is((await customer('v2')).name, 'Ελένη');
});

test('say that nobody knows what they are in, where it was taken for Latin-1', async () => {
  const { remarks } = await imported(Buffer.from('id;name;numbers\r\nv3;Zoë;\r\n', 'latin1'));
  assert.match(remarks.join(), 'nothing says what else');
  assert.match(remarks.join(), 'charset=windows-1253');
});

test('lose no letter where a piece that is read ends in the middle of one', async () => {
  const rows = Array.from({ length: 4_000 }, (_, n) => `l${n % 2};${'ΕλένηΧ'.repeat(5)}${n};\r\n`);
  for (const bytes of [
    Buffer.from(`id;name;numbers\r\n${rows.join('')}`),
    Buffer.from(`\ufeffid;name;numbers\r\n${rows.join('')}`, 'utf16le'),
  ]) {
    await imported(bytes);
    assert.is((await customer('l1')).name, `${'ΕλένηΧ'.repeat(5)}3999`);
  }
});

test('have rows that are too short or too long: each is told by its line, and the others are imported', async () => {
  const report = await imported(
    [
      'id,name,numbers',
      's1,Maria',
      's2,"Two',
      'lines",6912345671',
      's3,Kappa, Sons,6912345671',
      '',
      ',,',
      's4,Nikos,6912345671,,',
      '"s5"x,Eleni,6912345671',
      's6,Anna "the boss" K.,6912345671',
      's7,Eva,',
    ].join('\r\n'),
  );
  assert.equal(
    report.problems.map(({ line, errors }) => [line, errors[0]?.pointer, errors[0]?.detail]),
    [
      [2, '#', 'a row of 2 cells, and 3 columns'],
      [5, '#', 'a row of 4 cells, and 3 columns'],
      [9, '#/id', '1 to 64 of A–Z, a–z, 0–9 and _ . : -'],
    ],
  );
  assert.equal([report.registered, report.refused], [4, 3]);
  assert.is((await customer('s6')).name, 'Anna "the boss" K.');
});

test('with numbers that are not understood are imported, and each is told by its line and field', async () => {
  const report = await imported(
    ['id;name;numbers', 'n1;Maria;"6912345671; 3.06912E+11"', 'n2;Nikos;ask him', 'n3;Eleni;306912345678.0'].join('\n'),
  );
  assert.equal([report.registered, report.refused, report.not_understood], [3, 0, 2]);
  assert.equal(
    report.problems.map(({ line, errors }) => [line, errors.map(({ pointer }) => pointer)]),
    [
      [2, ['#/numbers/1/number']],
      [3, ['#/numbers/0/number']],
    ],
  );
  assert.equal(await numbersOf('n1'), ['+306912345671', null]);
  assert.equal(await numbersOf('n3'), ['+306912345678']);
  const page = await system.ask({ path: '/api/crm/customers?not_understood=true', token: admin });
  const ids = [0, 1, 2, 3, 4].map((at) => field(page.json, `items.${at}.id`));
  assert.equal(ids, ['c11', 'n1', 'c11b', 'n2', undefined]);
  assert.is(field(page.json, 'numbers.not_understood'), 4);
  const shown = JSON.stringify(report) + system.logged.join();
  for (const said of ['3.06912', 'ask him', '6912345671']) assert.not.match(shown, said);
});

test('with pieces beside a number that are too short for one are told of each, unless it is the number’s extension', async () => {
  const report = await imported(
    ['id;name;numbers', 'o1;Maria;2101234569 / 12', 'o2;Nikos;"2101234570, ext. 12"', 'o3;Eleni;2101234571,12'].join(
      '\n',
    ),
  );
  assert.equal([report.registered, report.not_understood], [3, 1]);
  assert.equal(
    report.problems.map(({ line, errors }) => [line, errors.map(({ pointer }) => pointer)]),
    [[2, ['#/numbers/1/number']]],
  );
  assert.equal(
    [await numbersOf('o1'), await numbersOf('o2'), await numbersOf('o3')],
    [['+302101234569', null], ['+302101234570'], ['+302101234571']],
  );
});

test('whose quotes do not close lose the row in which that is, by its line, and no other', async () => {
  for (const end of ['\r\n', '\n', '\r']) {
    const rows = [
      'id,name,numbers',
      `q1,"Ma${end}ria",6912345671`,
      'q2,"Nikos,6912345671',
      '',
      'q3,Eleni,6912345672',
      'q4,"Anna,',
      'q5,Eva,',
    ];
    const { problems } = await imported(rows.join(end));
    assert.equal(
      problems.map(({ line, errors }) => [line, errors[0]?.pointer]),
      [
        [4, '#'],
        [7, '#'],
      ],
    );
    assert.match(problems[0]?.errors[0]?.detail ?? '', 'a quote that is not closed');
  }
  assert.match((await customer('q1')).name, /^Ma\sria$/);
  assert.equal([(await customer('q3')).name, (await customer('q5')).name], ['Eleni', 'Eva']);
});

test('lose no other row either when the one without an end is long, wherever the pieces end that are read', async () => {
  const row = (n: number) => `w${n % 3},Maria ${n},6912345671`;
  for (const end of ['\r\n', '\n', '\r']) {
    for (const bad of [`x1,"Nikos`, `x2,${'y'.repeat(200_000)},`, `x3,"${'z'.repeat(65_520)}`]) {
      const rows = Array.from({ length: 12_000 }, (_, n) => row(n));
      const text = ['id,name,numbers', ...rows.slice(0, 3_000), bad, ...rows.slice(3_000)].join(end);
      const { refused, problems } = await imported(text);
      assert.equal([refused, problems.map(({ line }) => line)], [1, [3_002]], JSON.stringify([end, bad.slice(0, 2)]));
      assert.is((await customer('w2')).name, 'Maria 11999');
    }
  }
});

test('in which too many rows have no end are read no further, and the last problem says so', async () => {
  const rows = Array.from({ length: 120 }, (_, n) => `z${n},Maria,\n${'z'.repeat(65_000)}`);
  const { registered, refused, problems } = await imported(['id,name,numbers', ...rows].join('\n'));
  assert.equal([registered, refused], [100, 100]);
  assert.match(problems.at(-1)?.errors[0]?.detail ?? '', 'nothing was read from here on');
});

test('whose header has no end or names a column twice are refused', async () => {
  for (const table of ['id,"name,numbers\nq6,Maria,\n', 'id,name,numbers,numbers\nq7,Maria,1,2\n']) {
    assert.is((await send(table)).status, 400);
  }
});

test('are told to a CRM by PUT with two numbers in one field as two numbers', async () => {
  await system.ask({
    method: 'PUT',
    path: '/api/crm/customers/p1',
    token: admin,
    body: { name: 'Maria', numbers: [{ number: '210 1234569 / 691 2345681', label: 'office' }] },
  });
  assert.equal(await numbersOf('p1'), ['+302101234569', '+306912345681']);
});

test.run();
