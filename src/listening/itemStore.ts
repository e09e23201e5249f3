import type { Logger } from 'pino';
import { LISTENER_FACT_TYPES } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Frame, SourceItem } from '../ports/pbxSource.ts';
import type { RefusedFacts } from '../ports/refusedFacts.ts';
import type { FrameQueue } from './frameQueue.ts';
import type { LogAppender } from './logAppender.ts';
import { PermissionWatch } from './permissionWatch.ts';
import { CallRouting } from './routing.ts';
import { SessionLog } from './sessionLog.ts';

import { StoredElsewhere } from './storedElsewhere.ts';

import { StreamWriter, type Waiting } from './streamWriter.ts';

import { createTranslator, type PbxFact, type Translator } from './translation.ts';
import { givenUpFields, type UnendedCall, UnendedCalls } from './unendedCalls.ts';

type Options = {
  readonly pbx: string;
  readonly app: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: EventStore;
  readonly unendedCalls: readonly UnendedCall[] | Promise<readonly UnendedCall[]>;
  /** null: what the log refuses is dropped */
  readonly refusedFacts: RefusedFacts | null;
  /** after it has aborted nothing more is stored */
  readonly signal: AbortSignal;
};

/** Turns what a source says into events, session by session, and stores them. What is stored leaves the queue. */
export class ItemStore {
  /** what another process may have stored of this PBX, too */
  readonly elsewhere: StoredElsewhere;
  readonly #options: Options;
  readonly #queue: FrameQueue;
  readonly #writer: StreamWriter;
  readonly #sessionLog: SessionLog;
  readonly #routing: CallRouting;
  readonly #permissionWatch: PermissionWatch;
  readonly #refused = new Map<string, number>();
  /** null: those of before are not known yet */
  #unendedCalls: UnendedCalls | null = null;
  #current: { readonly session: number; readonly translator: Translator } | null = null;
  #stored = 0;

  constructor(queue: FrameQueue, appender: LogAppender, options: Options) {
    this.#options = options;
    this.#queue = queue;
    this.#writer = new StreamWriter(appender, options.signal, (...settled) => this.#settled(...settled));
    this.#sessionLog = new SessionLog(appender, options);
    this.elsewhere = new StoredElsewhere(this.#sessionLog, options);
    this.#routing = new CallRouting(options.pbx);
    this.#permissionWatch = new PermissionWatch(options.pbx, options.logger);
  }

  /** Facts stored since the start. */
  stored(): number {
    return this.#stored;
  }

  /**
   * Frames of this session that are no facts, by event name, facts that the log refused, by its code, and those that
   * another process has stored.
   */
  counts(): Iterable<readonly [string, number]> {
    const found = this.elsewhere.found();
    const elsewhere = found > 0 ? ([['stored by another serve', found]] as const) : [];
    return [...(this.#current?.translator.dropped() ?? []), ...this.#refused, ...elsewhere];
  }

  async store(item: SourceItem): Promise<void> {
    switch (item.kind) {
      case 'connected':
        await this.#beginSession(item);
        break;
      case 'frames':
        for (const frame of item.frames) this.#storeFrame(frame, item.at);
        break;
      case 'disconnected':
        await this.#endSession(item);
        break;
    }
  }

  /** Resolves when everything is settled. */
  idle(): Promise<void> {
    return this.#writer.idle();
  }

  /** Says of the calls of which nothing was heard for hours that nothing more is expected (design §5). */
  giveUpSilentCalls(): void {
    if (this.#current === null || this.#unendedCalls === null) return;
    const now = this.#options.clock.now();
    for (const call of this.#unendedCalls.takeSilent(now)) {
      this.#queue.hold(1, 0);
      this.#add(this.#current.translator.say(LISTENER_FACT_TYPES.callGivenUp, givenUpFields(call), now), 0);
    }
  }

  async #beginSession(item: Extract<SourceItem, { kind: 'connected' }>): Promise<void> {
    const session = await this.#sessionLog.connected(item);
    if (session === null) return;
    this.#unendedCalls ??= new UnendedCalls(await this.#options.unendedCalls);
    const { pbx, app, clock } = this.#options;
    const translator = createTranslator({ pbx, session, app, now: () => clock.now(), routing: this.#routing });
    this.#current = { session, translator };
    this.#queue.release(1, 0);
  }

  #storeFrame(frame: Frame, at: Micros | null): void {
    const heardAt = at ?? this.#options.clock.now();
    const isElsewhere = this.elsewhere.take(frame.fields, heardAt);
    // its channels and bridges are remembered for what comes after it
    if (isElsewhere && this.#current) this.#routing.streamOf(frame.fields, this.#current.session);
    const [fact] = isElsewhere ? [] : (this.#current?.translator.translate([frame], at) ?? []);
    this.#unendedCalls?.heard(frame, heardAt);
    this.#permissionWatch.heard(frame);
    if (fact === undefined) this.#queue.release(1, frame.bytes);
    else this.#add(fact, frame.bytes);
  }

  async #endSession(item: Extract<SourceItem, { kind: 'disconnected' }>): Promise<void> {
    // The session's facts come first: whoever reads its end has read all of it.
    await this.#writer.idle();
    if (this.#current === null) return;
    await this.#sessionLog.disconnected(this.#current.session, item);
    this.#queue.release(1, 0);
  }

  #add({ stream, ...event }: PbxFact, frameBytes: number): void {
    this.#writer.add(stream, event, frameBytes);
  }

  #settled(stream: string, settled: readonly Waiting[], refusal: string | null): void {
    if (refusal === null) this.#stored += settled.length;
    else this.#setAside(stream, settled, refusal);
    const frameBytes = settled.reduce((sum, waiting) => sum + waiting.frameBytes, 0);
    this.#queue.release(settled.length, frameBytes);
  }

  /** What was erased is not kept anywhere: it is of a person who wants it gone. */
  #setAside(stream: string, refused: readonly Waiting[], code: string): void {
    if (code === 'STREAM_DELETED') {
      this.#count(code, refused.length, 'the PBX still speaks of a call that was erased: such facts are dropped');
      return;
    }
    const { refusedFacts } = this.#options;
    const lost = refused.filter(({ event }) => !refusedFacts?.keep({ stream, event, code })).length;
    this.#count(code, refused.length, 'the log refuses a fact of the PBX: such facts are set aside');
    if (lost > 0) this.#count('refused and lost', lost, 'facts that the log refuses cannot be kept: they are lost');
  }

  /** Says so at the first of its kind. */
  #count(code: string, facts: number, words: string): void {
    const before = this.#refused.get(code) ?? 0;
    this.#refused.set(code, before + facts);
    if (before === 0) this.#options.logger.warn({ pbx: this.#options.pbx, code }, words);
  }
}
