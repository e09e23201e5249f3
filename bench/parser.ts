/**
 * AMI's bytes over a loopback socket, sender and reader in processes of their own: commslog's framing beside a bare
 * scan for blank lines, and beside two clients of npm. Megabytes a second of the reader's CPU, which the rest of the
 * machine changes least.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { buildProgram } from './buildProgram.ts';
import { messageOf } from './child.ts';
import type { BenchLine } from './line.ts';
import type { Mix } from './parser/input.ts';
import { inMemory } from './parser/strings.ts';

type Reader = 'scan' | 'commslog' | 'asterisk-manager' | 'asterisk-ami-client';

/** Readers take turns. The best round counts: what else the machine does can only make one slower. */
const ROUNDS = 5;
const MEGABYTES = 200;

const sendingSchema = z.object({ port: z.number(), bytes: z.number() });
const receivedSchema = z.object({ frames: z.number(), cpuMs: z.number(), peakRssMb: z.number() });
type Received = z.infer<typeof receivedSchema>;

export async function* run(): AsyncIterable<BenchLine> {
  installOtherClients();
  const program = buildProgram();
  try {
    yield* measure(program.dist);
  } finally {
    program.remove();
  }
}

async function* measure(built: string): AsyncIterable<BenchLine> {
  for (const [mix, what] of MIXES) {
    const [value, baseline] = await speeds(built, mix, MEGABYTES, ['commslog', 'scan']);
    yield line(`parser: ${what} over a socket, against a bare scan`, 'MB/s of CPU', value, baseline);
  }
  const { commslog, strings, scan } = inMemory();
  const unit = 'MB/s of CPU';
  yield line('parser: stored frames in memory, against the strings of their fields alone', unit, commslog, strings);
  yield line('parser: the strings of their fields alone, against a bare scan', unit, strings, scan);
  const [value] = await speeds(built, 'real', MEGABYTES, ['commslog']);
  for (const [client, megabytes] of OTHER_CLIENTS) {
    const [baseline] = await speeds(built, 'real', megabytes, [client]);
    yield line(`parser: real mix over a socket, against ${client}`, 'MB/s of CPU', value, baseline);
  }
  const [small, large] = [
    await received(built, 'real', 'commslog', 100),
    await received(built, 'real', 'commslog', 1_000),
  ];
  yield line('parser: peak memory for 1,000 MB, against 100 MB', 'MB', large.peakRssMb, small.peakRssMb);
}

const MIXES: readonly (readonly [Mix, string])[] = [
  ['skipped', 'frames that are not stored'],
  ['stored', 'stored frames'],
  ['real', 'real mix'],
];

/** With how many megabytes: enough for seconds of work, long after the code is warm. */
const OTHER_CLIENTS: readonly (readonly [Reader, number])[] = [
  ['asterisk-manager', 30],
  ['asterisk-ami-client', 10],
];

function installOtherClients(): void {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  if (existsSync(new URL('node_modules/asterisk-manager', import.meta.url))) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'ignore' });
}

/** MB/s of each reader. */
async function speeds(built: string, mix: Mix, megabytes: number, readers: readonly Reader[]): Promise<number[]> {
  const sender = start('parser/send.ts', mix, String(megabytes));
  try {
    const { port, bytes } = sendingSchema.parse(await messageOf(sender));
    const rounds: Received[][] = readers.map(() => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [nth, reader] of readers.entries()) rounds[nth]?.push(await receive(built, reader, port));
    }
    return rounds.map((results) => bytes / 1_000 / Math.min(...results.map(({ cpuMs }) => cpuMs)));
  } finally {
    sender.kill();
  }
}

async function received(built: string, mix: Mix, reader: Reader, megabytes: number): Promise<Received> {
  const sender = start('parser/send.ts', mix, String(megabytes));
  try {
    return await receive(built, reader, sendingSchema.parse(await messageOf(sender)).port);
  } finally {
    sender.kill();
  }
}

async function receive(built: string, reader: Reader, port: number): Promise<Received> {
  return receivedSchema.parse(await messageOf(start('parser/receive.mjs', reader, String(port), built)));
}

function start(file: string, ...args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: file.endsWith('.ts') ? ['--import', 'tsx'] : [],
  });
}

function line(bench: string, unit: string, value = Number.NaN, baseline = Number.NaN): BenchLine {
  return { bench, value, unit, baseline, ratio: value / baseline };
}
