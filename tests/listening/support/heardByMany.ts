import type { Micros } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Field, PbxSource, SourceItem } from '../../../src/ports/pbxSource.ts';
import { pause } from '../../../src/retry.ts';

/** What was said at `at`, by the PBX's clock. */
type Said = { readonly at: number; readonly fields: readonly Field[] | null };
type Connection = { readonly unread: Said[]; isCut: boolean; wake: () => void };

/** A read that is so much older than its proof is told to be late (`LATE_MS` of a real connection). */
const LATE_MICROS = 4_000_000;

/** A clock that a test sets. */
export class HandClock implements Clock {
  #now = 1_795_400_000_000_000;

  now(): Micros {
    return this.#now as Micros;
  }

  pass(micros: number): void {
    this.#now += micros;
  }

  /** As a machine has it whose clock is so much ahead. */
  ahead(byMicros: number): Clock {
    return { now: () => (this.#now + byMicros) as Micros };
  }
}

/** A PBX that tells the same to all who are connected, by a clock that a test sets. */
export class HeardByMany {
  readonly #clock: Clock;
  readonly #connections = new Map<object, Connection>();
  /** servers that cannot reach it */
  readonly unreachable = new Set<string>();
  /** servers that do not read what it has sent */
  readonly frozen = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Says a frame; to how many that was. */
  say(fields: readonly Field[]): number {
    this.#tell(fields);
    return this.#connections.size;
  }

  /** Answers the Ping of everybody. */
  pong(): void {
    this.#tell(null);
  }

  cut(server: string): void {
    for (const [of, connection] of this.#connections) {
      if (String(of) === server) connection.isCut = true;
      connection.wake();
    }
  }

  thaw(server: string): void {
    this.frozen.delete(server);
    for (const { wake } of this.#connections.values()) wake();
  }

  /** As a server of this name is connected to it, whose clock is so much ahead of the PBX's. */
  sourceOf(pbx: string, server: string, aheadMicros: number): PbxSource {
    const at = () => (this.#clock.now() + aheadMicros) as Micros;
    const nothing = { lastHeardAt: null, delayMs: null, account: null, lastError: null, reconnects: 0, counts: {} };
    const state = () => ({ pbx, state: 'connected' as const, detail: 'said', since: at(), ...nothing });
    return { pbx, state, items: (signal) => this.#items(server, aheadMicros, signal) };
  }

  async *#items(server: string, aheadMicros: number, signal: AbortSignal): AsyncGenerator<SourceItem> {
    while (!signal.aborted) {
      if (!this.unreachable.has(server)) yield* this.#connected(server, aheadMicros, signal);
      await pause(2, signal);
    }
  }

  async *#connected(server: string, aheadMicros: number, signal: AbortSignal): AsyncGenerator<SourceItem> {
    const connection: Connection = { unread: [], isCut: false, wake: () => {} };
    const key = Object(server);
    this.#connections.set(key, connection);
    const wake = () => connection.wake();
    signal.addEventListener('abort', wake);
    const now = () => (this.#clock.now() + aheadMicros) as Micros;
    let provenAt = now();
    yield { kind: 'connected', at: provenAt, amiVersion: '11.0.0', clockOffsetMs: -aheadMicros / 1_000 };
    for (;;) {
      const isOver = connection.isCut || signal.aborted;
      const next = isOver || !this.frozen.has(server) ? connection.unread.shift() : undefined;
      if (next === undefined && isOver) break;
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          connection.wake = resolve;
        });
      } else if (next.fields === null) {
        provenAt = (next.at + aheadMicros) as Micros;
        yield { kind: 'alive', at: provenAt };
      } else {
        const frame = { event: next.fields[0]?.[1] ?? '', fields: next.fields, latin1: [], bytes: 100 };
        const isLate = now() - provenAt > LATE_MICROS;
        yield { kind: 'frames', at: now(), saidAfter: isLate ? provenAt : null, frames: [frame] };
      }
    }
    this.#connections.delete(key);
    signal.removeEventListener('abort', wake);
    const reason = signal.aborted ? 'STOPPED' : 'AMI_CONNECTION_LOST';
    yield { kind: 'disconnected', at: now(), lastHeardAt: provenAt, reason, pbxWentDown: false };
  }

  #tell(fields: readonly Field[] | null): void {
    for (const connection of this.#connections.values()) {
      connection.unread.push({ at: this.#clock.now(), fields });
      connection.wake();
    }
  }
}
