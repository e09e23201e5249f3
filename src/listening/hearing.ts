import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { idIn } from '../domain/channelId.ts';
import { LEFT_BECAUSE } from '../domain/connectionEvents.ts';
import { LISTENER_FACT_TYPES } from '../domain/events.ts';
import { earlier, later, type Micros } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { fieldOf, type PbxSource, type SourceItem } from '../ports/pbxSource.ts';
import { type Heard, type HeardFact, type HeardFacts, type RestartProof, readHeard } from './heard.ts';
import type { Journal } from './journal/journal.ts';
import { type Missing, PermissionWatch } from './permissionWatch.ts';
import { ProofFile } from './proofFile.ts';
import { RestartWatch, startBetween } from './restartWatch.ts';
import { CallRouting } from './routing.ts';
import type { OwnConnections } from './sharing/sharing.ts';
import type { Words } from './sharing/words.ts';
import { createTranslator, type Translator } from './translation.ts';
import { givenUpFields, type UnendedCall, UnendedCalls } from './unendedCalls.ts';
import { UnendedConnection } from './unendedConnection.ts';

type Options = {
  readonly source: PbxSource;
  readonly journal: Journal;
  readonly own: OwnConnections;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Why a connection was left that could have gone on. */
export type LeftBecause = (typeof LEFT_BECAUSE)['stopped' | 'takenOver' | 'handedOver'];

/** So much of what an earlier process left is gone through before the PBX is heard: about a second's work. */
const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;

type Connection = {
  readonly id: string;
  readonly translator: Translator;
  /** the PBX's clock minus ours, as it was compared last */
  clockOffsetMs: number | null;
  /** when the PBX was last heard before it; null: not known */
  readonly heardBefore: Micros | null;
};

/**
 * Socket → journal. While the journal has no room the source is not asked, and so the socket is not read. Whatever can be
 * told when a frame is heard is told here, and is the same after a restart: its place, its call, its type.
 */
export class Hearing {
  readonly #options: Options;
  readonly #proofs: ProofFile;
  readonly #routing = new CallRouting();
  #unended = new UnendedCalls();
  readonly #restarts = new RestartWatch();
  #isConnected = false;
  /** called whenever a connection has begun */
  onConnected: () => void = () => {};
  /** called whenever a try to connect was in vain */
  onUnreached: () => void = () => {};
  /** what an account may read is settled at its login */
  #permissionWatch = new PermissionWatch();
  #current: Connection | null = null;
  #lastHeardAt: Micros | null = null;
  /** all that was heard until now is safe */
  #kept: Promise<void> = Promise.resolve();
  #heldSince: Micros | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#proofs = new ProofFile(options.journal.folder);
  }

  /**
   * Goes on where an earlier process has ended: remembers what that has left in the journal, because a Cdr of one of its
   * calls may come yet, and tells the end of a connection that it could not tell. To be called before anything is released.
   */
  async resume(): Promise<void> {
    const { journal, clock } = this.#options;
    const connection = new UnendedConnection();
    for await (const { record } of journal.left(MAX_REMEMBERED_BYTES)) {
      const heard = readHeard(record);
      connection.remember(heard);
      if (heard.kind === 'facts') for (const fact of heard.facts) this.#remember(fact, heard.at ?? clock.now());
    }
    const proof = await this.#proofs.read();
    for (const uniqueid of proof?.newestUniqueids ?? []) this.#restarts.heardBefore(uniqueid);
    this.#restarts.startedBefore(proof?.startedAt ?? null);
    const now = clock.now();
    const end = connection.end(proof, now);
    this.#lastHeardAt = end?.lastHeardAt ?? proof?.at ?? null;
    if (end === null) return;
    this.#keep(end);
    this.#note(end.connection, end.lastHeardAt ?? now, true);
  }

  /** Hears until the source ends, which it does when `signal` aborts; `whyLeft` says why then. */
  async run(signal: AbortSignal, whyLeft: () => LeftBecause): Promise<void> {
    const { source, journal } = this.#options;
    for await (const item of source.items(signal)) {
      const isLeft = item.kind === 'disconnected' && item.reason === LEFT_BECAUSE.stopped;
      this.#hear(isLeft ? { ...item, reason: whyLeft() } : item);
      this.#heldSince = this.#options.clock.now();
      await journal.room(signal);
      this.#heldSince = null;
    }
  }

  /**
   * Goes on where another server has ended, of which `words` are the last: a restart of the PBX is told by what that has
   * heard, too.
   */
  follow(words: Words, now: Micros): void {
    for (const uniqueid of words.newestUniqueids) this.#restarts.heardBefore(uniqueid);
    if (words.startedAt !== null) this.#restarts.startedBefore(words.startedAt);
    this.#lastHeardAt = earlier(later(this.#lastHeardAt, words.heardUntil), now);
  }

  /** What whoever comes after has to know. */
  tells(): Pick<Words, 'connection' | 'heardUntil' | 'clockOffsetMs' | 'newestUniqueids' | 'startedAt'> {
    return {
      connection: this.#isConnected ? (this.#current?.id ?? null) : null,
      heardUntil: this.#lastHeardAt,
      clockOffsetMs: this.#current?.clockOffsetMs ?? null,
      newestUniqueids: this.#restarts.newestUniqueids(),
      startedAt: this.#restarts.startedAt(),
    };
  }

  /** It is connected, and what it hears is kept. */
  isConnected(): boolean {
    return this.#isConnected;
  }

  /** Since when the source is not asked because the journal has no room; null: it is asked. */
  heldSince(): Micros | null {
    return this.#heldSince;
  }

  /** Resolves when it is noted for the next process how far was heard. To be called once the journal has taken all. */
  noted(): Promise<void> {
    return this.#proofs.written();
  }

  /** Calls that had not ended when the program last did: given up like any other when nothing more is heard of them. */
  expect(calls: readonly UnendedCall[]): void {
    this.#unended.expect(calls);
    for (const { uniqueid } of calls) this.#restarts.heardBefore(uniqueid);
  }

  /** Another server has heard meanwhile what became of them. */
  forgetOpenCalls(): void {
    this.#unended = new UnendedCalls();
  }

  #remember(fact: HeardFact, at: Micros): void {
    this.#routing.callOf(fact.fields);
    this.#unended.heard(fact, at);
    const uniqueid = madeChannelOf(fact);
    if (uniqueid !== null) this.#restarts.heardBefore(uniqueid);
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
    const { id: connection, translator } = this.#current;
    const facts = this.#unended
      .takeSilent(now)
      .map((call) => translator.say(LISTENER_FACT_TYPES.callGivenUp, givenUpFields(call)));
    if (facts.length > 0) this.#keep({ kind: 'facts', connection, at: now, saidAfter: null, facts });
  }

  #hear(item: SourceItem): void {
    if (item.kind === 'unreached') this.onUnreached();
    if (item.kind === 'connected') this.#begin(item.clockOffsetMs);
    if (this.#current === null) return;
    const { id: connection, translator } = this.#current;
    switch (item.kind) {
      case 'connected':
        this.#keep({ ...item, connection });
        this.#prove(item.at);
        this.onConnected();
        break;
      case 'alive':
        this.#prove(item.at);
        break;
      case 'clock':
        this.#current.clockOffsetMs = item.clockOffsetMs;
        this.#keep({ ...item, connection });
        break;
      case 'listed':
        this.#keep({ ...item, connection });
        break;
      case 'started':
        this.#tellRestart(this.#restarts.says(item.startedAt), item);
        this.#prove(this.#lastHeardAt);
        break;
      case 'frames':
        this.#hearFacts(translator.translate(item.frames), item);
        break;
      case 'seen':
        this.#hearFacts(translator.show(item.channels), item);
        break;
      case 'disconnected':
        this.#keep({ ...item, connection });
        this.#prove(item.lastHeardAt, true);
        this.#isConnected = false;
        void this.#kept.then(() => this.#options.own.ends(connection));
    }
  }

  #begin(clockOffsetMs: number | null): void {
    this.#permissionWatch = new PermissionWatch();
    this.#restarts.connected();
    this.#current = {
      id: randomUUID(),
      translator: createTranslator(this.#routing),
      clockOffsetMs,
      heardBefore: this.#lastHeardAt,
    };
    this.#isConnected = true;
    this.#options.own.begins(this.#current.id);
  }

  #hearFacts(facts: readonly HeardFact[], { at, saidAfter }: Pick<HeardFacts, 'at' | 'saidAfter'>): void {
    if (facts.length === 0 || this.#current === null) return;
    const now = at ?? this.#options.clock.now();
    for (const fact of facts) {
      this.#unended.heard(fact, now);
      this.#permissionWatch.heard(fact);
      const uniqueid = madeChannelOf(fact);
      if (uniqueid !== null) this.#tellRestart(this.#restarts.shows(uniqueid), { at: now, startedAt: null });
    }
    this.#keep({ kind: 'facts', connection: this.#current.id, at, saidAfter, facts });
  }

  #tellRestart(proof: RestartProof | null, { at, startedAt }: { at: Micros; startedAt: string | null }): void {
    if (proof === null || this.#current === null) return;
    const { id: connection, clockOffsetMs, heardBefore } = this.#current;
    const isTold = startedAt !== null && heardBefore !== null;
    const started = isTold ? startBetween(startedAt, heardBefore, at, clockOffsetMs ?? 0) : null;
    this.#keep({ kind: 'restarted', connection, at, proof, startedAt: started });
    // soon: the next process would prove it again, and of what was heard since
    this.#prove(this.#lastHeardAt);
    this.#options.logger.info(
      { pbx: this.#options.source.pbx, proof },
      'the PBX was started anew while it was not heard',
    );
  }

  #keep(heard: Heard): void {
    this.#kept = this.#options.journal.append(heard);
  }

  /** All that was said until `at` is heard. */
  #prove(at: Micros | null, isOver = false): void {
    if (at === null || this.#current === null) return;
    this.#lastHeardAt = at;
    this.#note(this.#current.id, at, isOver);
  }

  /** For the next process, once what was heard until now is safe on the disk. */
  #note(connection: string, at: Micros, isOver: boolean): void {
    const [newestUniqueids, startedAt] = [this.#restarts.newestUniqueids(), this.#restarts.startedAt()];
    this.#proofs.note({ connection, at, isOver, newestUniqueids, startedAt }, this.#kept);
  }
}

const MAKES_CHANNEL_KNOWN = new Set<string>(['ChannelOpened', LISTENER_FACT_TYPES.channelSeen]);

/** The Uniqueid of the channel that a fact says is there. */
function madeChannelOf({ type, fields }: HeardFact): string | null {
  return MAKES_CHANNEL_KNOWN.has(type) ? idIn(fieldOf(fields, 'Uniqueid') ?? '') : null;
}
