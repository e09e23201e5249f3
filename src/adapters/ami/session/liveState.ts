import type { Logger } from 'pino';
import type { Micros } from '../../../domain/time.ts';
import type { CommslogError, ErrorCode } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PbxAccount, PbxState } from '../../../ports/pbxSource.ts';
import { needsAPerson, wordsFor } from './connectionWords.ts';
import type { Conversation } from './conversation.ts';

/** Names that are counted; those past the bound are counted together. */
const MAX_COUNTS = 1_000;

/** The state of a live connection as a person reads it. Each kind of trouble is logged once, until it is over. */
export class LiveState {
  readonly #pbx: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counts = new Map<string, number>();
  #conversation: Conversation | null = null;
  #state: PbxState['state'] = 'connecting';
  #detail = 'Not connected yet.';
  #since: Micros;
  #lastHeardAt: Micros | null = null;
  #account: PbxAccount | null = null;
  #lastError: ErrorCode | null = null;
  #said: ErrorCode | null = null;
  #connections = 0;

  constructor(pbx: string, clock: Clock, logger: Logger) {
    this.#pbx = pbx;
    this.#clock = clock;
    this.#logger = logger;
    this.#since = clock.now();
  }

  connecting(): void {
    // a person should read why the last try failed, not that there is a next one
    if (this.#lastError === null) this.#enter('connecting', 'Connecting to the PBX.');
  }

  connected(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#connections += 1;
    this.#lastError = null;
    this.#enter('connected', 'Connected.');
    this.#logger.info({ pbx: this.#pbx }, 'connected to the PBX');
    this.#said = null;
  }

  /** What the PBX lets the account ask for; null: it does not tell. It stays known when the connection is lost. */
  knows(account: PbxAccount | null): void {
    this.#account = account;
  }

  failed(error: CommslogError): void {
    this.#lastError = error.code;
    this.#enter(needsAPerson(error.code) ? 'refused' : 'waiting', wordsFor(error.code));
    if (this.#said === error.code) return;
    this.#said = error.code;
    this.#logger.warn({ pbx: this.#pbx, code: error.code }, error.message);
  }

  disconnected(): void {
    if (this.#conversation === null) return;
    this.#lastHeardAt = this.#conversation.proof().lastHeardAt();
    addCounts(this.#counts, this.#conversation.counts());
    this.#conversation = null;
  }

  stopped(): void {
    this.#enter('stopped', 'The program was told to stop listening.');
  }

  read(): PbxState {
    const counts = new Map(this.#counts);
    if (this.#conversation !== null) addCounts(counts, this.#conversation.counts());
    return {
      pbx: this.#pbx,
      state: this.#state,
      detail: this.#detail,
      since: this.#since,
      lastHeardAt: this.#conversation?.proof().lastHeardAt() ?? this.#lastHeardAt,
      delayMs: this.#conversation?.proof().delayMs(this.#clock.now()) ?? null,
      account: this.#account,
      lastError: this.#lastError,
      reconnects: Math.max(0, this.#connections - 1),
      counts: Object.fromEntries(counts),
    };
  }

  #enter(state: PbxState['state'], detail: string): void {
    if (state === this.#state && detail === this.#detail) return;
    this.#state = state;
    this.#detail = detail;
    this.#since = this.#clock.now();
  }
}

function addCounts(to: Map<string, number>, counts: Iterable<readonly [string, number]>): void {
  for (const [name, count] of counts) {
    const key = to.has(name) || to.size < MAX_COUNTS ? name : 'other';
    to.set(key, (to.get(key) ?? 0) + count);
  }
}
