import type { Socket } from 'node:net';
import type { Micros } from '../../../domain/time.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Field, Frame } from '../../../ports/pbxSource.ts';
import { Framer } from '../wire/framing.ts';
import { type ActionAnswer, createActions } from './actions.ts';
import type { Timings } from './timings.ts';

/** Frames that one read of the socket completed. */
export type Read = { readonly at: Micros; readonly frames: readonly Frame[] };

/** So much is read ahead of who consumes the frames; then the socket is not read until all of it was consumed. */
export const READ_AHEAD_BYTES = 256 * 1024;

type Options = {
  readonly clock: Clock;
  readonly timings: Timings;
  /** sees every byte that is received, as it is received */
  readonly onBytes?: ((bytes: Buffer, at: Micros) => void) | undefined;
};

/** What is said over one open socket, until it is lost. Nothing of it outlives it. */
export class Conversation {
  readonly #socket: Socket;
  readonly #options: Options;
  readonly #actions = createActions((text) => this.#socket.write(text));
  readonly #framer = new Framer({
    onBanner: (line) => this.#greet(line),
    onFrame: (frame) => {
      if (!this.#actions.accept(frame.fields)) this.#completed.push(frame);
    },
    onResponse: ({ fields }) => this.#actions.accept(fields),
  });
  readonly #greeting: Promise<string>;
  #greet: (line: string) => void = () => {};
  #refuseGreeting: (error: CommslogError) => void = () => {};
  #completed: Frame[] = [];
  readonly #inbox: (Read & { readonly bytes: number })[] = [];
  #inboxBytes = 0;
  #wake: () => void = () => {};
  #lost: CommslogError | null = null;
  #lastHeardAt: Micros;
  #lastReadAt: Micros;
  #pausedAt: Micros | null = null;
  /** reading was paused for so long that what is read now may be old */
  #isStale = false;
  #pauses = 0;

  constructor(socket: Socket, options: Options) {
    this.#socket = socket;
    this.#options = options;
    this.#lastHeardAt = options.clock.now();
    this.#lastReadAt = this.#lastHeardAt;
    this.#greeting = new Promise((resolve, reject) => {
      this.#greet = resolve;
      this.#refuseGreeting = reject;
    });
    this.#greeting.catch(() => {});
    socket
      .on('data', this.#take)
      .on('end', () => this.lose(new CommslogError('AMI_CONNECTION_LOST', 'the PBX ended the connection')))
      .on('error', (error: NodeJS.ErrnoException) =>
        this.lose(new CommslogError('AMI_CONNECTION_LOST', `the connection broke: ${error.code ?? 'unknown reason'}`)),
      )
      .on('close', () => this.lose(new CommslogError('AMI_CONNECTION_LOST', 'the connection was closed')));
  }

  /** The first line that the peer sends. Errors: `AMI_NO_BANNER`. */
  async banner(): Promise<string> {
    const { answerMs } = this.#options.timings;
    const late = new CommslogError('AMI_NO_BANNER', `the peer said nothing within ${answerMs} ms`);
    const timer = setTimeout(() => this.#refuseGreeting(late), answerMs);
    try {
      return await this.#greeting;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends an action; see `Actions.request`. */
  request(action: string, fields: readonly Field[], deadlineMs: number): Promise<ActionAnswer> {
    return this.#actions.request(action, fields, deadlineMs);
  }

  /** The next read that completed frames, in order; null when the conversation is over and all were given out. */
  async next(): Promise<Read | null> {
    for (;;) {
      const read = this.#inbox.shift();
      if (read !== undefined) {
        this.#inboxBytes -= read.bytes;
        return read;
      }
      if (this.#lost !== null) return null;
      this.#goOn();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends the conversation for this reason; the first reason stays. What was read before can still be had by `next`. */
  lose(reason: CommslogError): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    this.#socket.off('data', this.#take);
    // What was received before the connection broke, while reading was paused, is not lost with it.
    for (let rest = this.#socket.read(); rest instanceof Buffer; rest = this.#socket.read()) this.#take(rest);
    this.#framer.end();
    this.#actions.rejectAll(reason);
    this.#refuseGreeting(new CommslogError('AMI_NO_BANNER', `no greeting: ${reason.message}`));
    this.#socket.destroy();
    this.#wake();
  }

  /** Why it is over; null while it is not. */
  lost(): CommslogError | null {
    return this.#lost;
  }

  /** When the PBX was last heard. After a pause in reading it is when the pause began, until `isLive` is called. */
  lastHeardAt(): Micros {
    return this.#lastHeardAt;
  }

  /** When the last bytes were read, old or not. */
  lastReadAt(): Micros {
    return this.#lastReadAt;
  }

  /** How often reading was paused: who waited for an answer meanwhile can tell that it could not be read. */
  pauses(): number {
    return this.#pauses;
  }

  /** An action sent after the last pause was answered: what is read from here on is not old. */
  isLive(): void {
    this.#isStale = false;
    this.#lastHeardAt = this.#options.clock.now();
  }

  /** The read-ahead is full: nothing is read until it was consumed. */
  isPaused(): boolean {
    return this.#pausedAt !== null;
  }

  counts(): Map<string, number> {
    return this.#framer.counts();
  }

  readonly #take = (chunk: Buffer): void => {
    const at = this.#options.clock.now();
    this.#lastReadAt = at;
    if (!this.#isStale) this.#lastHeardAt = at;
    this.#options.onBytes?.(chunk, at);
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (!hasCode(error, 'AMI_LINE_TOO_LONG', 'AMI_FRAME_TOO_LARGE')) throw error;
      this.lose(error);
    }
    if (this.#completed.length === 0) return;
    this.#inbox.push({ at, frames: this.#completed, bytes: chunk.length });
    this.#inboxBytes += chunk.length;
    this.#completed = [];
    if (this.#inboxBytes >= READ_AHEAD_BYTES) this.#hold();
    this.#wake();
  };

  #hold(): void {
    if (this.#pausedAt !== null) return;
    this.#pausedAt = this.#options.clock.now();
    this.#pauses += 1;
    this.#socket.pause();
  }

  #goOn(): void {
    if (this.#pausedAt === null) return;
    const pausedMs = (this.#options.clock.now() - this.#pausedAt) / 1000;
    if (pausedMs >= this.#options.timings.staleMs) this.#isStale = true;
    this.#pausedAt = null;
    this.#socket.resume();
  }
}
