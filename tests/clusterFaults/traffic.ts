import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewEvent } from '../../src/domain/events.ts';
import { hasCode } from '../../src/errors.ts';
import { BEGINNING, type EventStore, type ExpectedRevision, readEvents } from '../../src/ports/eventStore.ts';
import { createBackoff, pause } from '../../src/retry.ts';

const STREAMS = 6;
const MAX_TOGETHER = 500;
const MANUAL_EVERY_MS = 500;
const RETRIES = { minMs: 100, maxMs: 2_000 };
const TEXT = 'x'.repeat(400);
const SEEN_MS = 20_000;

/** Longest times in ms since the last `begin`: between two answers to appends, and between two deliveries. */
export type Silences = { readonly stored: number; readonly delivered: number };

/** What became of all events that were sent. */
export type Verdict = {
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  readonly missed: number;
  readonly deliveredTwice: number;
};

/** Events that come at a steady rate, and calls that somebody logs by hand; each is sent until it is stored. */
export class Traffic {
  readonly #log: EventStore;
  readonly #sent = new Map<string, string[]>();
  readonly #delivered: string[] = [];
  readonly #stopped = new AbortController();
  readonly #unfollowed = new AbortController();
  readonly #work: Promise<unknown>;
  readonly #following: Promise<void>;
  #stored = new Silence();
  #seen = new Silence();

  constructor(log: EventStore, rate: number) {
    this.#log = log;
    this.#following = this.#follow();
    const writers = Array.from({ length: STREAMS }, () => this.#write((1000 * STREAMS) / rate));
    this.#work = Promise.all([...writers, this.#logByHand()]);
  }

  begin(): void {
    this.#stored = new Silence();
    this.#seen = new Silence();
  }

  silences(): Silences {
    return { stored: this.#stored.longest(), delivered: this.#seen.longest() };
  }

  /** Sends no more, waits for what is under way, and compares it with the log and with what was delivered. */
  async end(): Promise<Verdict> {
    this.#stopped.abort();
    await this.#work;
    const all = [...this.#sent.values()].flat();
    for (const until = Date.now() + SEEN_MS; this.#delivered.length < all.length && Date.now() < until; )
      await sleep(50);
    this.#unfollowed.abort();
    await this.#following;
    let [lost, doubled] = [0, 0];
    for (const [stream, ids] of this.#sent) {
      const stored = (await readEvents(this.#log, stream)).map(({ id }) => id);
      const different = new Set(stored);
      lost += ids.filter((id) => !different.has(id)).length;
      doubled += stored.length - different.size;
    }
    const delivered = new Set(this.#delivered);
    const missed = all.filter((id) => !delivered.has(id)).length;
    return { events: all.length, lost, doubled, missed, deliveredTwice: this.#delivered.length - delivered.size };
  }

  async #write(everyMs: number): Promise<void> {
    const stream = `call-fault-${randomUUID()}`;
    const ids: string[] = [];
    this.#sent.set(stream, ids);
    for (let due = performance.now(); !this.#stopped.signal.aborted; ) {
      const events: NewEvent[] = [];
      for (; due <= performance.now() && events.length < MAX_TOGETHER; due += everyMs) events.push(newEvent());
      if (events.length === 0) await sleep(everyMs / 2);
      else {
        await this.#insist(stream, events, ids.length === 0 ? 'no_stream' : BigInt(ids.length - 1));
        ids.push(...events.map(({ id }) => id));
      }
    }
  }

  async #logByHand(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const [stream, event] = [`manual-${randomUUID()}`, newEvent()];
      await this.#insist(stream, [event], 'no_stream');
      this.#sent.set(stream, [event.id]);
      await sleep(MANUAL_EVERY_MS);
    }
  }

  async #insist(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<void> {
    for (const waits = createBackoff(RETRIES); ; ) {
      try {
        await this.#log.append(stream, events, expected);
        this.#stored.ends();
        return;
      } catch (error) {
        if (!hasCode(error, 'LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN')) throw error;
        await pause(waits.next());
      }
    }
  }

  async #follow(): Promise<void> {
    const filter = { streamPrefixes: ['call-fault-', 'manual-'] };
    for await (const events of this.#log.subscribe(BEGINNING, filter, this.#unfollowed.signal)) {
      this.#seen.ends();
      this.#delivered.push(...events.map(({ id }) => id));
    }
  }
}

class Silence {
  #longest = 0;
  #last = performance.now();

  ends(): void {
    this.#longest = this.longest();
    this.#last = performance.now();
  }

  longest(): number {
    return Math.max(this.#longest, performance.now() - this.#last);
  }
}

function newEvent(): NewEvent {
  return { id: randomUUID(), type: 'SentDuringFaults', data: { text: TEXT }, metadata: { v: 1 } };
}
