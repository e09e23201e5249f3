import type { Socket } from 'node:net';
import type { Micros } from '../../../domain/time.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Field, Frame, SourceItem } from '../../../ports/pbxSource.ts';
import { Framer } from '../wire/framing.ts';
import { type ActionAnswer, createActions, type OnListItem } from './actions.ts';
import { HearingProof } from './hearingProof.ts';
import type { Timings } from './timings.ts';

/** What a conversation gives out: what was read, and what was found out beside it. */
export type Said = Exclude<SourceItem, { kind: 'connected' | 'disconnected' }>;

/** So much is read ahead of who consumes the frames; then the socket is not read until all of it was consumed. */
export const READ_AHEAD_BYTES = 256 * 1024;

/** The event that says how it went with a call that an action has begun. */
export const ORIGINATED = 'OriginateResponse';

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
  readonly #proof: HearingProof;
  readonly #actions = createActions((text) => this.#socket.write(text));
  readonly #framer = new Framer({
    onBanner: (line) => this.#greet(line),
    onFrame: (frame) => {
      // what came of a call that was begun says its ActionID, and is no answer to it
      if (frame.event === ORIGINATED || !this.#actions.accept(frame.fields)) this.#completed.push(frame);
    },
    onResponse: ({ fields }) => this.#actions.accept(fields),
  });
  readonly #greeting: Promise<string>;
  #greet: (line: string) => void = () => {};
  #refuseGreeting: (error: CommslogError) => void = () => {};
  /** what the bytes of one read have completed */
  #completed: Frame[] = [];
  #shown: (readonly Field[])[] = [];
  readonly #inbox: { readonly said: Said; readonly bytes: number }[] = [];
  #inboxBytes = 0;
  #wake: () => void = () => {};
  #lost: CommslogError | null = null;
  #isPaused = false;
  #pauses = 0;

  constructor(socket: Socket, options: Options) {
    this.#socket = socket;
    this.#options = options;
    this.#proof = new HearingProof(options.clock.now(), options.timings.lateMs);
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
  request(action: string, fields: readonly Field[], deadlineMs: number, onItem?: OnListItem): Promise<ActionAnswer> {
    return this.#actions.request(action, fields, deadlineMs, onItem);
  }

  /** A channel that an item of a list shows, which is given out in its place. To be called while the item is taken. */
  show(channel: readonly Field[]): void {
    this.#shown.push(channel);
  }

  /** Gives this out behind what was read until now; of two proofs that nobody took between them the later one. */
  tell(said: Exclude<Said, { kind: 'frames' | 'seen' }>): void {
    if (said.kind === 'alive' && this.#inbox.at(-1)?.said.kind === 'alive') this.#inbox.pop();
    this.#put(said, 0);
    this.#wake();
  }

  /** What was said next, in order; null when the conversation is over and all was given out. */
  async next(): Promise<Said | null> {
    for (;;) {
      const next = this.#inbox.shift();
      if (next !== undefined) {
        this.#inboxBytes -= next.bytes;
        return next.said;
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

  /** How well the PBX is heard. */
  proof(): HearingProof {
    return this.#proof;
  }

  /** How often reading was paused: who waited for an answer meanwhile can tell that it could not be read. */
  pauses(): number {
    return this.#pauses;
  }

  /** The read-ahead is full: nothing is read until it was consumed. */
  isPaused(): boolean {
    return this.#isPaused;
  }

  counts(): Map<string, number> {
    return this.#framer.counts();
  }

  readonly #take = (chunk: Buffer): void => {
    const at = this.#options.clock.now();
    const saidAfter = this.#proof.read(at);
    this.#options.onBytes?.(chunk, at);
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (!hasCode(error, 'AMI_LINE_TOO_LONG', 'AMI_FRAME_TOO_LARGE')) throw error;
      this.lose(error);
    }
    const [frames, channels] = [this.#completed, this.#shown];
    if (frames.length === 0 && channels.length === 0) return;
    this.#completed = [];
    this.#shown = [];
    if (frames.length > 0) this.#put({ kind: 'frames', at, saidAfter, frames }, chunk.length);
    if (channels.length > 0) this.#put({ kind: 'seen', at, saidAfter, channels }, chunk.length);
    if (this.#inboxBytes >= READ_AHEAD_BYTES) this.#hold();
    this.#wake();
  };

  #put(said: Said, bytes: number): void {
    this.#inbox.push({ said, bytes });
    this.#inboxBytes += bytes;
  }

  #hold(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#pauses += 1;
    this.#proof.hold(this.#options.clock.now());
    this.#socket.pause();
  }

  #goOn(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#proof.goOn(this.#options.clock.now());
    this.#socket.resume();
  }
}
