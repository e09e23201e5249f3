import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReplayClient } from '../../src/adapters/ami/replay/replayClient.ts';
import { type ReplayRead, readReplay } from '../../src/adapters/ami/replay/replayRecording.ts';
import { ReplayIds } from '../../src/adapters/ami/replay/replayShift.ts';
import { systemClock } from '../../src/ports/clock.ts';

const demo = fileURLToPath(new URL('../../demo/', import.meta.url));
export const CREDENTIALS = { username: 'bench', secret: 'bench' };

type Call = {
  readonly frames: readonly string[];
  readonly ids: ReplayIds;
  readonly firstId: string;
  readonly lastHangup: number;
};

/** A PBX that sends call after call, a frame at a time, and tells when the last Hangup of each was written. */
export class CallPbx {
  readonly #server: Server;
  readonly #calls: readonly Call[];
  #client: ReplayClient | null = null;
  #sent = 0;

  private constructor(server: Server, calls: readonly Call[]) {
    this.#server = server;
    this.#calls = calls;
    server.on('connection', (socket) => {
      const client = new ReplayClient(socket, CREDENTIALS, systemClock, () => {
        this.#client = client;
      });
    });
  }

  static async start(): Promise<{ pbx: CallPbx; port: number }> {
    const files = readdirSync(demo).filter((file) => file.endsWith('.txt') && !file.includes('transferred'));
    const calls = (await Promise.all(files.map((file) => readReplay(join(demo, file))))).map(callOf);
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    return { pbx: new CallPbx(server, calls), port };
  }

  /** How many different calls it sends, one after the other. */
  get recordings(): number {
    return this.#calls.length;
  }

  get connected(): boolean {
    return this.#client !== null;
  }

  /**
   * Sends one call, `perSecond` frames a second; `onEnded` hears of the last Hangup as it is written, and is waited for
   * before more is said.
   */
  async sendCall(perSecond: number, onEnded: (linkedid: string) => void | Promise<void>): Promise<void> {
    const call = this.#calls[this.#sent % this.#calls.length];
    if (call === undefined) throw new Error('no recording in demo/');
    this.#sent += 1;
    const shift = {
      seconds: this.#sent,
      idCounter: this.#sent * 50,
      channelCounter: this.#sent * 50,
      bridgeMask: this.#sent,
    };
    const started = performance.now();
    for (const [index, frame] of call.frames.entries()) {
      const wait = started + (index * 1_000) / perSecond - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      this.#client?.send(call.ids.shift(frame, shift));
      if (index === call.lastHangup) await onEnded(idOf(call.ids.shift(`Linkedid: ${call.firstId}`, shift)));
    }
  }

  close(): void {
    this.#server.close();
  }
}

function callOf(reads: readonly ReplayRead[]): Call {
  const frames = reads.flatMap(({ text }) => text.split(/(?<=\r\n\r\n)/));
  const lastHangup = frames.findLastIndex((frame) => frame.startsWith('Event: Hangup\r\n'));
  const firstId = idOf(frames.find((frame) => frame.includes('Linkedid: ')) ?? '');
  return { frames, ids: new ReplayIds(reads), firstId, lastHangup };
}

function idOf(frame: string): string {
  return /^Linkedid: (\S+)/m.exec(frame)?.[1] ?? '';
}
