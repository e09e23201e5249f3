// The test command: every tests/**/*.test.ts in a process of its own, some at a time: half of the time they wait.
// Fails on no tests, on a failing, hanging or handle-leaking file, and says which test hung.
// Arguments choose: a path of a file runs it, anything else the files whose path contains it.
import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../src/adapters/postgres/index.ts';
import { buildProgram } from './support/buildProgram.ts';

const FILE_DEADLINE_MS = Number(process.env.TEST_FILE_DEADLINE_MS ?? 300_000);
const root = fileURLToPath(new URL('..', import.meta.url));

type Result = {
  file: string;
  passed: number;
  failed: number;
  skipped: number;
  problems: string[];
  output: string;
  ms: number;
};
type Report = {
  done?: true;
  running: string | null;
  passed: number;
  failed: number;
  skipped: number;
  leaked: string[];
  open?: string[];
};

const patterns = process.argv.slice(2);
const files = [
  ...patterns.filter((pattern) => pattern.endsWith('.ts')),
  ...findTests().filter(
    (file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern) && file !== pattern),
  ),
];
const results: Result[] = [];
const queue = [...files];
buildProgram();
const { postgresUrl, stopPostgres } = await startPostgres();
try {
  await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism() + 1)) }, worker));
} finally {
  await stopPostgres();
}

const total = (key: 'passed' | 'failed' | 'skipped') => results.reduce((sum, r) => sum + r[key], 0);
const broken = results.filter((r) => r.problems.length > 0);
for (const r of broken) for (const problem of r.problems) console.log(`BROKEN ${r.file}: ${problem}`);
if (files.length === 0) console.log('BROKEN: no test file matches');
const failed = total('failed') + broken.filter((r) => r.failed === 0).length + (files.length === 0 ? 1 : 0);
console.log(`${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped`);
// not `exitCode`: what a test has started and left behind may hold an end of a pipe for ever
process.exit(failed > 0 || total('passed') === 0 ? 1 : 0);

/** One server for the whole run, each test file makes its own database in it. Not durable: nobody needs it after a crash. */
async function startPostgres(): Promise<{ postgresUrl: string; stopPostgres: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-tests-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres(folder, {
    settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'],
  });
  const stopPostgres = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { postgresUrl: server.url, stopPostgres };
}

function findTests(): string[] {
  return readdirSync(`${root}tests`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `tests/${file}`)
    .sort();
}

async function worker(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const result = await runFile(file);
    results.push(result);
    const mark = result.failed > 0 || result.problems.length > 0 ? 'FAIL' : 'ok  ';
    console.log(`${mark} ${result.file}  ${result.passed} passed, ${result.failed} failed  (${result.ms} ms)`);
    if (mark === 'FAIL') console.log(result.output);
  }
}

function runFile(file: string): Promise<Result> {
  const started = Date.now();
  const child = fork(fileURLToPath(new URL('support/runFile.ts', import.meta.url)), [file], {
    cwd: root,
    silent: true,
    execArgv: ['--import', 'tsx', '--enable-source-maps'],
    env: { ...process.env, NODE_ENV: 'test', TEST_POSTGRES_URL: postgresUrl },
  });
  const result: Result = { file, passed: 0, failed: 0, skipped: 0, problems: [], output: '', ms: 0 };
  let report: Report | undefined;
  let lastSeen: Report | undefined;
  child.stdout?.on('data', (chunk) => {
    result.output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    result.output += chunk;
  });
  child.on('message', (message) => {
    const said = message as Report;
    if (said.done) report = said;
    else lastSeen = { ...lastSeen, ...said };
  });
  const watchdog = setTimeout(() => void giveUp(child, result, () => lastSeen), FILE_DEADLINE_MS);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog);
      if (report) {
        result.passed = report.passed;
        result.failed = report.failed;
        result.skipped = report.skipped;
        if (report.leaked.length > 0) result.problems.push(`leaked handles: ${report.leaked.join(', ')}`);
        if (report.passed + report.failed + report.skipped === 0) result.problems.push('no test in the file');
      }
      if (!report) result.problems.push(`ended before its tests did (exit ${code ?? signal})`);
      else if (code !== 0 && report.failed === 0 && report.leaked.length === 0)
        result.problems.push(`exit code ${code}`);
      result.ms = Date.now() - started;
      resolve(result);
    });
  });
}

async function giveUp(child: ChildProcess, result: Result, seen: () => Report | undefined): Promise<void> {
  child.kill('SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const state = seen();
  result.problems.push(
    state
      ? `hung in "${state.running ?? 'no test'}", open: ${state.open?.join(', ')}`
      : 'hung, its event loop is blocked',
  );
  child.kill('SIGKILL');
}
