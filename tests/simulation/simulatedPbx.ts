import { pastSource } from '../../src/adapters/ami/index.ts';
import type { Micros } from '../../src/domain/time.ts';
import type { Field, Frame, PbxSource, PbxState, SourceItem } from '../../src/ports/pbxSource.ts';
import { pause } from '../../src/retry.ts';
import type { Random } from '../support/random.ts';
import { recordingFiles } from '../support/recordings.ts';
import type { World } from './world.ts';

const FIRST_AT = 1_795_000_000_000_000;
const CALL_EVERY_MICROS = 600 * 1_000_000;
const AT_ONCE = 3;
const MAX_FRAMES = 30;
const RECONNECT_MS = 500;
/** How often a try to connect is refused, and a frame is said to nobody while nobody is connected. */
const REFUSES = 0.2;
const GOES_ON = 0.3;
const COMES_LATE = 0.1;
const CLOCK_MOVES = 0.05;
const ANSWERS_PING = 0.3;
/** How often it turns out at a connection that it was started anew. */
const STARTED_ANEW = 0.1;

/** A PBX that says what was recorded, whether anybody listens or not; its connections can be cut. */
export class SimulatedPbx implements PbxSource {
  readonly pbx = 'pbx';
  readonly #world: World;
  readonly #script: Frame[];
  #isCut = false;
  #starts = 0;
  #lastSaid: readonly Field[] | null = null;

  constructor(world: World, script: readonly Frame[]) {
    this.#world = world;
    this.#script = [...script];
  }

  cut(): void {
    this.#isCut = true;
  }

  /** It goes on although nobody may be connected. */
  passTime(isHeard: boolean): void {
    if (!isHeard && this.#world.random.chance(GOES_ON)) this.#script.shift();
  }

  hasSaidAll(): boolean {
    return this.#script.length === 0;
  }

  async *items(signal: AbortSignal): AsyncGenerator<SourceItem> {
    while (!signal.aborted) {
      const isConnected = await this.#world.call('connecting', () => !this.#world.fails(REFUSES));
      if (isConnected) yield* this.#connection(signal);
      await pause(RECONNECT_MS, signal);
    }
  }

  state(): PbxState {
    const at = this.#world.now();
    const nothing = { lastHeardAt: null, delayMs: null, account: null, lastError: null, reconnects: 0, counts: {} };
    return { pbx: this.pbx, state: 'connected', detail: 'simulated', since: at, ...nothing };
  }

  async *#connection(signal: AbortSignal): AsyncGenerator<SourceItem> {
    this.#isCut = false;
    yield { kind: 'connected', at: this.#world.now(), amiVersion: '11.0.0', clockOffsetMs: 0 };
    if (this.#world.random.chance(STARTED_ANEW)) this.#starts += 1;
    yield { kind: 'started', at: this.#world.now(), startedAt: `2026-11-0${1 + (this.#starts % 9)} 00:00:00` };
    if (this.#world.random.chance(0.5)) yield* this.#list();
    let lastHeardAt = this.#world.now();
    while (!signal.aborted && !this.#isCut && !this.hasSaidAll()) {
      const frames = await this.#world.call('hearing', () => this.#say());
      if (frames.length === 0) continue;
      const saidAfter = this.#world.random.chance(COMES_LATE) ? lastHeardAt : null;
      lastHeardAt = this.#world.now();
      yield { kind: 'frames', at: lastHeardAt, saidAfter, frames };
      if (this.#world.random.chance(ANSWERS_PING)) yield { kind: 'alive', at: lastHeardAt };
      if (this.#world.random.chance(CLOCK_MOVES)) yield this.#clock();
    }
    if (!this.#isCut) await untilAborted(signal);
    const reason = this.#isCut ? 'AMI_CONNECTION_LOST' : 'STOPPED';
    yield { kind: 'disconnected', at: this.#world.now(), lastHeardAt, reason, pbxWentDown: false };
  }

  #say(): Frame[] {
    if (this.#isCut) return [];
    const frames = this.#script.splice(0, 1 + this.#world.random.below(MAX_FRAMES));
    this.#lastSaid = frames.at(-1)?.fields ?? this.#lastSaid;
    return frames;
  }

  /** Of the channels that are open it names one at most. */
  *#list(): Generator<SourceItem> {
    const at = this.#world.now();
    const channels = this.#lastSaid === null ? [] : [this.#lastSaid];
    yield { kind: 'seen', at, saidAfter: null, channels };
    yield { kind: 'listed', at, channels: channels.length };
  }

  #clock(): SourceItem {
    return { kind: 'clock', at: this.#world.now(), clockOffsetMs: this.#world.random.below(60_000) };
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

/** Recorded calls under ids of their own, some at the same time, each in its order. */
export async function scriptOf(random: Random, calls: number): Promise<Frame[]> {
  const timed = recordingFiles().filter(({ isTimed }) => isTimed);
  const waiting = await Promise.all(Array.from({ length: calls }, (_, at) => framesOf(random.pick(timed).path, at)));
  const script: Frame[] = [];
  while (waiting.length > 0) {
    const at = random.below(Math.min(AT_ONCE, waiting.length));
    const frame = waiting[at]?.shift();
    if (frame === undefined) waiting.splice(at, 1);
    else script.push(frame);
  }
  return script;
}

async function framesOf(recording: string, at: number): Promise<Frame[]> {
  const startsAt = (FIRST_AT + at * CALL_EVERY_MICROS) as Micros;
  const frames: Frame[] = [];
  for await (const item of pastSource({ pbx: 'pbx', calls: [{ recording, startsAt }] }).items(
    new AbortController().signal,
  )) {
    if (item.kind === 'frames') frames.push(...item.frames);
  }
  return frames;
}
