/**
 * What `explain` takes of the processor for some ten thousand events, with Node's start, beside a process that only looks for
 * the blank lines in the same bytes. Milliseconds of the processor, which the rest of the machine changes least.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { buildProgram } from './buildProgram.ts';
import { messageOf } from './child.ts';
import { endToEnd } from './explain/input.ts';
import type { BenchLine } from './line.ts';

const EVENTS = 50_000;
/** Both take turns. The best round counts: what else the machine does can only make one slower. */
const ROUNDS = 5;

export async function* run(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  const program = buildProgram();
  try {
    const { file, events, recordings } = await endToEnd(folder, EVENTS);
    const rounds: { readonly explain: number; readonly scan: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        explain: await cpuOf('explain', file, program.dist),
        scan: await cpuOf('scan', file, program.dist),
      });
    }
    const [value, baseline] = [
      Math.min(...rounds.map(({ explain }) => explain)),
      Math.min(...rounds.map(({ scan }) => scan)),
    ];
    const bench = `explain: ${events} events of ${recordings} recordings to rows as JSON, beside a scan of the same bytes`;
    yield { bench, value, unit: 'ms of CPU', baseline, ratio: value / baseline };
  } finally {
    program.remove();
    rmSync(folder, { recursive: true });
  }
}

async function cpuOf(what: 'explain' | 'scan', file: string, built: string): Promise<number> {
  const child = fork(fileURLToPath(new URL('explain/process.mjs', import.meta.url)), [what, file, built], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return z.object({ cpuMs: z.number() }).parse(await messageOf(child)).cpuMs;
}
