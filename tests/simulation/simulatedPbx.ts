import { pastSource } from '../../src/adapters/ami/index.ts';
import type { Micros } from '../../src/domain/time.ts';
import type { Frame, PbxSource, PbxState, SourceItem } from '../../src/ports/pbxSource.ts';
import { pause } from '../../src/retry.ts';
import type { Random } from '../support/random.ts';
import { recordingFiles } from '../support/recordings.ts';
import type { Machine } from './machine.ts';
import { simulated, type World } from './world.ts';

const FIRST_AT = 1_795_000_000_000_000;
const CALL_EVERY_MICROS = 600 * 1_000_000;
const AT_ONCE = 3;
const MAX_FRAMES = 30;
const RECONNECT_MS = 500;
const PING_MS = 2_000;
/** Whom more frames wait for is cut off. */
const MAX_UNREAD = 2_000;
/** How often a try to connect is refused, and a frame is said while nobody listens for more. */
const REFUSES = 0.2;
const GOES_ON = 0.3;
const COMES_LATE = 0.1;
const CLOCK_MOVES = 0.05;
const ANSWERS_PING = 0.3;
/** How often it turns out at a connection that it was started anew. */
const STARTED_ANEW = 0.1;

type Connection = {
  /** of all that was said, so much was sent to it or is none of its business */
  read: number;
  isCut: boolean;
};

/** A PBX that says what was recorded, to all who are connected, or to nobody; connections can be cut. */
export class SimulatedPbx {
  readonly #world: World;
  readonly #script: readonly Frame[];
  readonly #connections = new Set<Connection>();
  #said = 0;
  #starts = 0;

  constructor(world: World, script: readonly Frame[]) {
    this.#world = world;
    this.#script = script;
  }

  /** As this machine is connected to it. */
  sourceOf(machine: Machine): PbxSource {
    const state = (): PbxState => {
      const nothing = { lastHeardAt: null, delayMs: null, account: null, lastError: null, reconnects: 0, counts: {} };
      return { pbx: 'pbx', state: 'connected', detail: 'simulated', since: machine.now(), ...nothing };
    };
    return { pbx: 'pbx', items: (signal) => this.#items(machine, signal), state };
  }

  /** One of the connections, by chance. */
  cut(): void {
    const connections = [...this.#connections];
    if (connections.length > 0) this.#world.random.pick(connections).isCut = true;
  }

  /** It goes on although nobody may be connected. */
  passTime(): void {
    if (this.#connections.size === 0 && this.#world.random.chance(GOES_ON)) this.#say(1);
  }

  hasSaidAll(): boolean {
    return this.#said === this.#script.length && [...this.#connections].every(({ read }) => read === this.#said);
  }

  async *#items(machine: Machine, signal: AbortSignal): AsyncGenerator<SourceItem> {
    while (!signal.aborted) {
      const isConnected = await this.#world.call('connecting', () => !this.#world.fails(REFUSES));
      if (isConnected) yield* this.#connected(machine, signal);
      await pause(RECONNECT_MS, signal);
    }
  }

  async *#connected(machine: Machine, signal: AbortSignal): AsyncGenerator<SourceItem> {
    const connection: Connection = { read: this.#said, isCut: false };
    this.#connections.add(connection);
    const leave = () => void this.#connections.delete(connection);
    simulated()?.process.onDeath.add(leave);
    try {
      yield* this.#conversation(connection, machine, signal);
    } finally {
      leave();
    }
  }

  async *#conversation(connection: Connection, machine: Machine, signal: AbortSignal): AsyncGenerator<SourceItem> {
    const { random } = this.#world;
    let clockOffsetMs = machine.clockOffsetMs();
    yield { kind: 'connected', at: machine.now(), amiVersion: '11.0.0', clockOffsetMs };
    // nobody stays connected to one that is started anew
    if (this.#connections.size === 1 && random.chance(STARTED_ANEW)) this.#starts += 1;
    yield { kind: 'started', at: machine.now(), startedAt: `2026-11-0${1 + (this.#starts % 9)} 00:00:00` };
    if (random.chance(0.5)) yield* this.#list(machine);
    let lastHeardAt = machine.now();
    while (!signal.aborted && !connection.isCut && connection.read < this.#script.length) {
      const frames = await this.#world.call('hearing', () => this.#hear(connection));
      if (frames.length === 0) continue;
      const saidAfter = random.chance(COMES_LATE) ? lastHeardAt : null;
      lastHeardAt = machine.now();
      yield { kind: 'frames', at: lastHeardAt, saidAfter, frames };
      if (random.chance(ANSWERS_PING)) yield { kind: 'alive', at: lastHeardAt };
      if (!random.chance(CLOCK_MOVES) || clockOffsetMs === machine.clockOffsetMs()) continue;
      clockOffsetMs = machine.clockOffsetMs();
      yield { kind: 'clock', at: machine.now(), clockOffsetMs };
    }
    while (!signal.aborted && !connection.isCut) {
      await pause(PING_MS, signal);
      lastHeardAt = machine.now();
      yield { kind: 'alive', at: lastHeardAt };
    }
    const reason = connection.isCut ? 'AMI_CONNECTION_LOST' : 'STOPPED';
    yield { kind: 'disconnected', at: machine.now(), lastHeardAt, reason, pbxWentDown: false };
  }

  /** What was said already comes first; else it says more. */
  #hear(connection: Connection): Frame[] {
    if (connection.isCut) return [];
    const wanted = 1 + this.#world.random.below(MAX_FRAMES);
    if (connection.read === this.#said) this.#say(wanted);
    const from = connection.read;
    connection.read = Math.min(this.#said, from + wanted);
    return this.#script.slice(from, connection.read);
  }

  #say(frames: number): void {
    this.#said = Math.min(this.#script.length, this.#said + frames);
    for (const connection of this.#connections) connection.isCut ||= this.#said - connection.read > MAX_UNREAD;
  }

  /** Of the channels that are open it names one at most. */
  *#list(machine: Machine): Generator<SourceItem> {
    const at = machine.now();
    const channels = this.#script
      .slice(0, this.#said)
      .slice(-1)
      .map(({ fields }) => fields);
    yield { kind: 'seen', at, saidAfter: null, channels };
    yield { kind: 'listed', at, channels: channels.length };
  }
}

/** The field by which each frame can be told from every other. */
export const FRAME_NUMBER = 'SequenceNumber';

/** Recorded calls under ids of their own, some at the same time, each in its order. */
export async function scriptOf(random: Random, calls: number): Promise<Frame[]> {
  const timed = recordingFiles().filter(({ isTimed }) => isTimed);
  const waiting = await Promise.all(Array.from({ length: calls }, (_, at) => framesOf(random.pick(timed).path, at)));
  const script: Frame[] = [];
  while (waiting.length > 0) {
    const at = random.below(Math.min(AT_ONCE, waiting.length));
    const frame = waiting[at]?.shift();
    if (frame === undefined) waiting.splice(at, 1);
    else script.push({ ...frame, fields: [...frame.fields, [FRAME_NUMBER, String(script.length)]] });
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
