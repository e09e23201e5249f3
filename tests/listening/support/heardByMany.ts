import type { Micros } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Field, PbxSource, SourceItem } from '../../../src/ports/pbxSource.ts';
import { pause } from '../../../src/retry.ts';

type Connection = { readonly items: SourceItem[]; isCut: boolean; wake: () => void };

/** A clock that a test sets. */
export class HandClock implements Clock {
  #now = 1_795_400_000_000_000;

  now(): Micros {
    return this.#now as Micros;
  }

  pass(micros: number): void {
    this.#now += micros;
  }
}

/** A PBX that tells the same to all who are connected, by a clock that a test sets. */
export class HeardByMany {
  readonly #clock: Clock;
  readonly #connections = new Map<object, Connection>();
  /** servers that cannot reach it */
  readonly unreachable = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Says a frame; to how many that was. */
  say(fields: readonly Field[]): number {
    const frame = { event: fields[0]?.[1] ?? '', fields, latin1: [], bytes: 100 };
    this.#tell({ kind: 'frames', at: this.#clock.now(), saidAfter: null, frames: [frame] });
    return this.#connections.size;
  }

  /** Answers the Ping of everybody. */
  pong(): void {
    this.#tell({ kind: 'alive', at: this.#clock.now() });
  }

  cut(server: string): void {
    for (const [of, connection] of this.#connections) {
      if (String(of) === server) connection.isCut = true;
      connection.wake();
    }
  }

  /** As a server of this name is connected to it, whose clock is so much ahead of the PBX's. */
  sourceOf(pbx: string, server: string): PbxSource {
    const at = () => this.#clock.now();
    const nothing = { lastHeardAt: null, delayMs: null, account: null, lastError: null, reconnects: 0, counts: {} };
    const state = () => ({ pbx, state: 'connected' as const, detail: 'said', since: at(), ...nothing });
    return { pbx, state, items: (signal) => this.#items(server, signal) };
  }

  async *#items(server: string, signal: AbortSignal): AsyncGenerator<SourceItem> {
    while (!signal.aborted) {
      if (!this.unreachable.has(server)) yield* this.#connected(server, signal);
      await pause(2, signal);
    }
  }

  async *#connected(server: string, signal: AbortSignal): AsyncGenerator<SourceItem> {
    const connection: Connection = { items: [], isCut: false, wake: () => {} };
    const key = Object(server);
    this.#connections.set(key, connection);
    const wake = () => connection.wake();
    signal.addEventListener('abort', wake);
    yield { kind: 'connected', at: this.#clock.now(), amiVersion: '11.0.0', clockOffsetMs: 0 };
    let lastHeardAt = this.#clock.now();
    while (!connection.isCut && !signal.aborted) {
      const next = connection.items.shift();
      if (next !== undefined) {
        if (next.at !== null) lastHeardAt = next.at;
        yield next;
      } else {
        await new Promise<void>((resolve) => {
          connection.wake = resolve;
          if (connection.isCut || signal.aborted) resolve();
        });
      }
    }
    this.#connections.delete(key);
    // what was received is not lost with the connection
    yield* connection.items.splice(0);
    signal.removeEventListener('abort', wake);
    const reason = signal.aborted ? 'STOPPED' : 'AMI_CONNECTION_LOST';
    yield { kind: 'disconnected', at: this.#clock.now(), lastHeardAt, reason, pbxWentDown: false };
  }

  #tell(item: SourceItem): void {
    for (const connection of this.#connections.values()) {
      connection.items.push(item);
      connection.wake();
    }
  }
}
