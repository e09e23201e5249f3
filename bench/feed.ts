/**
 * What readers of the live feed cost the `serve` that they are connected to: how long `/livez` takes at worst and how much
 * memory the process has, against the same server without them. Entries change all the time, thousands of calls are in
 * progress, some of the readers do not read. Server, PostgreSQL and readers share this machine.
 */
import { fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { messageOf } from './child.ts';
import { callsInProgress, changing } from './feed/changing.ts';
import { readSchema } from './feed/messages.ts';
import type { BenchLine } from './line.ts';
import { startServers } from './servers/servers.ts';

const READERS = 600;
const SLOW = 30;
const CHANGES_A_SECOND = 50;
const CALLS_IN_PROGRESS = 2_200;
const SECONDS = 30;
const ASK_EVERY_MS = 50;
const bench = `feed: ${READERS} readers, ${CHANGES_A_SECOND} changes/s, ${CALLS_IN_PROGRESS} calls in progress`;

type Measured = { readonly worstMs: number; readonly megabytes: number };

export async function* run(): AsyncIterable<BenchLine> {
  const { whole: url, tokens, pool, databaseUrl, close } = await startServers(0, READERS);
  try {
    await callsInProgress(pool, CALLS_IN_PROGRESS);
    const stop = await changing(databaseUrl, CHANGES_A_SECOND);
    const alone = await measured(url, tokens, pause(SECONDS * 1_000));
    const read = await measured(url, tokens, letRead(url, tokens));
    await stop();
    const note = `${SLOW} of them do not read; the others lost nothing`;
    yield line(', /livez at worst, aim 1000 ms', 'ms', read.worstMs, alone.worstMs, note);
    yield line(', memory of the server, aim 400 MB', 'MB', read.megabytes, alone.megabytes, note);
  } finally {
    await close();
  }
}

function line(what: string, unit: string, value: number, baseline: number, note: string): BenchLine {
  return { bench: bench + what, value, unit, baseline, ratio: value / baseline, note };
}

/** Connects the readers all at once, and lets them read. Error: one that reads has lost something. */
async function letRead(url: string, tokens: readonly string[]): Promise<void> {
  const readers = fork(fileURLToPath(new URL('feed/readers.ts', import.meta.url)), [url, String(SLOW)], {
    execArgv: ['--import', 'tsx'],
  });
  try {
    readers.send(tokens);
    await messageOf(readers);
    await pause(SECONDS * 1_000);
    const told = messageOf(readers);
    readers.send('stop');
    const read = z.array(readSchema).parse(await told);
    const least = CHANGES_A_SECOND * SECONDS * 0.5;
    const bad = read.filter(({ changes, gaps, ended }) => ended || gaps > 0 || changes < least);
    if (bad.length > 0) throw new Error(`${bad.length} readers lost something: ${JSON.stringify(bad[0])}`);
  } finally {
    readers.kill();
  }
}

/** The worst answer and the most memory while `work` goes on. */
async function measured(url: string, tokens: readonly string[], work: Promise<void>): Promise<Measured> {
  let [worstMs, megabytes, isOver] = [0, 0, false];
  const over = work.finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  // each in turn: nobody may ask so often
  for (let n = 0; !isOver; n += 1) {
    const from = performance.now();
    await (await fetch(`${url}/livez`)).text();
    worstMs = Math.max(worstMs, performance.now() - from);
    megabytes = Math.max(megabytes, await memoryOf(url, tokens[n % tokens.length] ?? ''));
    await pause(ASK_EVERY_MS);
  }
  await over;
  return { worstMs, megabytes };
}

async function memoryOf(url: string, token: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const [, bytes] = /^process_resident_memory_bytes (\d+)/m.exec(await answer.text()) ?? [];
  if (bytes === undefined) throw new Error(`/metrics answers ${answer.status}`);
  return Number(bytes) / 1_048_576;
}
