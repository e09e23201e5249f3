// Runs one test file in this process and tells the parent how it went (tests/run.ts starts one process a file).
import './deferUvu.ts';
import { pathToFileURL } from 'node:url';
import { exec } from 'uvu';
import { counts } from './suite.ts';

const LEAK_GRACE_MS = 3_000;
const QUIET = new Set(['TTYWrap', 'PipeWrap', 'Pipe', 'FSReqPromise', 'CloseReq', 'Immediate']);

const file = process.argv[2];
if (file === undefined) throw new Error('usage: runFile.ts FILE');

process.on('SIGUSR2', () => {
  process.send?.({ running: counts.running, open: openHandles() });
});

await import(pathToFileURL(file).href);
await exec();
// what fails beside a test, before or after it, is known to uvu alone
if (process.exitCode === 1 && counts.failed === 0) counts.failed = 1;

const leaked = await leakedHandles();
process.send?.({ done: true, ...counts, leaked }, () => process.exit(counts.failed > 0 || leaked.length > 0 ? 1 : 0));

/** Handles that keep the process alive although every test has ended. Those that close within the grace time are no leak. */
async function leakedHandles(): Promise<string[]> {
  const until = Date.now() + LEAK_GRACE_MS;
  do {
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (openHandles().length > 0 && Date.now() < until);
  return openHandles();
}

function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => !QUIET.has(kind));
}
