import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { LISTENER_FACT_TYPES } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { PbxSource, SourceItem } from '../ports/pbxSource.ts';
import type { Heard, HeardFact, HeardFacts } from './heard.ts';
import type { Journal } from './journal/journal.ts';
import { type Missing, PermissionWatch } from './permissionWatch.ts';
import { CallRouting } from './routing.ts';
import { createTranslator, type Translator } from './translation.ts';
import { givenUpFields, type UnendedCall, UnendedCalls } from './unendedCalls.ts';

type Options = {
  readonly source: PbxSource;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Socket → journal. While the journal has no room the source is not asked, and so the socket is not read. Whatever can be
 * told when a frame is heard is told here, and is the same after a restart: its place, its call, its type.
 */
export class Hearing {
  readonly #options: Options;
  readonly #routing = new CallRouting();
  readonly #unended = new UnendedCalls();
  /** what an account may read is settled at its login */
  #permissionWatch = new PermissionWatch();
  #current: { readonly connection: string; readonly translator: Translator } | null = null;

  #heldSince: Micros | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Hears until the source ends, which it does when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { source, journal } = this.#options;
    for await (const item of source.items(signal)) {
      this.#hear(item);
      this.#heldSince = this.#options.clock.now();
      await journal.room(signal);
      this.#heldSince = null;
    }
  }

  /** Since when the source is not asked because the journal has no room; null: it is asked. */
  heldSince(): Micros | null {
    return this.#heldSince;
  }

  /** Calls that had not ended when the program last did: given up like any other when nothing more is heard of them. */
  expect(calls: readonly UnendedCall[]): void {
    this.#unended.expect(calls);
  }

  /** What an earlier process heard: a Cdr of one of its calls may come yet. */
  remember(heard: Heard): void {
    if (heard.kind !== 'facts') return;
    for (const fact of heard.facts) {
      this.#routing.callOf(fact.fields);
      this.#unended.heard(fact, heard.at ?? this.#options.clock.now());
    }
  }

  /** Frames of this connection that are no facts, by event name. */
  dropped(): ReadonlyMap<string, number> {
    return this.#current?.translator.dropped() ?? new Map();
  }

  /** What this connection does not send although it should. */
  missing(): Missing {
    return this.#permissionWatch.missing();
  }

  /** Says of the calls of which nothing was heard for hours that nothing more is expected (design §5). */
  giveUpSilentCalls(): void {
    if (this.#current === null) return;
    const now = this.#options.clock.now();
    const { connection, translator } = this.#current;
    const facts = this.#unended
      .takeSilent(now)
      .map((call) => translator.say(LISTENER_FACT_TYPES.callGivenUp, givenUpFields(call)));
    if (facts.length > 0) this.#keep({ kind: 'facts', connection, at: now, saidAfter: null, facts });
  }

  #hear(item: SourceItem): void {
    if (item.kind === 'connected') {
      this.#permissionWatch = new PermissionWatch();
      this.#current = { connection: randomUUID(), translator: createTranslator(this.#routing) };
    }
    if (this.#current === null) return;
    const { connection, translator } = this.#current;
    switch (item.kind) {
      case 'connected':
      case 'clock':
      case 'listed':
      case 'disconnected':
        this.#keep({ ...item, connection });
        break;
      case 'frames':
        this.#hearFacts(translator.translate(item.frames), item);
        break;
      case 'seen':
        this.#hearFacts(
          item.channels.map((fields) => translator.say(LISTENER_FACT_TYPES.channelSeen, fields)),
          { at: item.at, saidAfter: null },
        );
        break;
      case 'alive':
      case 'started':
    }
  }

  #hearFacts(facts: readonly HeardFact[], { at, saidAfter }: Pick<HeardFacts, 'at' | 'saidAfter'>): void {
    if (facts.length === 0 || this.#current === null) return;
    for (const fact of facts) {
      this.#unended.heard(fact, at ?? this.#options.clock.now());
      this.#permissionWatch.heard(fact);
    }
    this.#keep({ kind: 'facts', connection: this.#current.connection, at, saidAfter, facts });
  }

  #keep(heard: Heard): void {
    void this.#options.journal.append(heard);
  }
}
