/**
 * Whether a PBX is held up that says far more than the log takes: its frames over a loopback socket into listener and
 * journal, while a log in PostgreSQL is filled from there, beside a socket that is only read.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { z } from 'zod';
import { liveSource } from '../src/adapters/ami/index.ts';
import { openPostgresLog } from '../src/adapters/eventstore/index.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/index.ts';
import { Journal, startListener } from '../src/listening/index.ts';
import { systemClock } from '../src/ports/clock.ts';
import type { PbxSource, SourceItem } from '../src/ports/pbxSource.ts';
import { messageOf } from './child.ts';
import type { BenchLine } from './line.ts';
import { CREDENTIALS } from './visible/callPbx.ts';

const FRAMES_A_SECOND = 10_000;
const SECONDS = 60;
const SENT = FRAMES_A_SECOND * SECONDS;

const listeningSchema = z.object({ port: z.number() });
const playedSchema = z.object({ longestWaitMs: z.number(), seconds: z.number() });
type Played = z.infer<typeof playedSchema>;

export async function* run(): AsyncIterable<BenchLine> {
  const bare = await playTo(readBare);
  const ours = await playTo(listen);
  const bench = `intake: ${FRAMES_A_SECOND} frames/s for ${SECONDS} s, beside a bare read`;
  const rate = ({ seconds }: Played) => SENT / seconds;
  yield { bench, value: rate(ours), unit: 'frames/s', baseline: rate(bare), ratio: rate(ours) / rate(bare) };
  const [value, baseline] = [ours.longestWaitMs, bare.longestWaitMs];
  yield { bench: `${bench}: longest wait of a frame`, value, unit: 'ms', baseline, ratio: value / baseline };
}

/** Lets a PBX play to a reader of its port. */
async function playTo(read: (port: number, played: Promise<Played>) => Promise<void>): Promise<Played> {
  const args = [String(FRAMES_A_SECOND), String(SECONDS)];
  const pbx = fork(fileURLToPath(new URL('intake/pbx.ts', import.meta.url)), args, { execArgv: ['--import', 'tsx'] });
  try {
    const { port } = listeningSchema.parse(await messageOf(pbx));
    const played = messageOf(pbx).then((message) => playedSchema.parse(message));
    await read(port, played);
    return await played;
  } finally {
    pbx.kill();
  }
}

async function readBare(port: number, played: Promise<Played>): Promise<void> {
  const { username, secret } = CREDENTIALS;
  const socket = connect(port, '127.0.0.1').resume();
  socket.write(`Action: Login\r\nActionID: 1\r\nUsername: ${username}\r\nSecret: ${secret}\r\n\r\n`);
  await Promise.all([played, once(socket, 'end')]);
}

async function listen(port: number, played: Promise<Played>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  const logger = pino({ level: 'silent' });
  const server = await startEmbeddedPostgres(folder);
  const log = await openPostgresLog({ url: server.url });
  const pbx = liveSource({ pbx: 'bench', host: '127.0.0.1', port, ...CREDENTIALS, clock: systemClock, logger });
  let heard = 0;
  const counted = async function* (signal: AbortSignal): AsyncGenerator<SourceItem> {
    for await (const item of pbx.items(signal)) {
      if (item.kind === 'frames') heard += item.frames.length;
      yield item;
    }
  };
  const source: PbxSource = { ...pbx, items: counted };
  const journal = await Journal.open({ folder: join(folder, 'journal'), logger });
  const listener = startListener({ source, journal, log, clock: systemClock, logger, app: 'bench' });
  try {
    await played;
  } finally {
    // the PBX has ended the connection: all of it was read
    while (listener.state().state === 'connected') await pause(100);
    await listener.stop();
    await log.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (heard !== SENT) throw new Error(`${heard} of ${SENT} frames were heard`);
}
