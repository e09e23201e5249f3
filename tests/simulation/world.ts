import { AsyncLocalStorage } from 'node:async_hooks';
import type { Random } from '../support/random.ts';
import { Machine } from './machine.ts';

const BEGINS_AT = 1_795_500_000_000_000;
/** What an operation takes at most, so that times differ. */
const MAX_OPERATION_MICROS = 3_000;
/** How often a timer goes first although an operation could. */
const TIMER_FIRST = 0.1;
const TRACED_STEPS = 30;

/** A process of the simulated program: dead, it never hears of anything that it waits for; frozen, when it is thawed. */
export type Process = {
  readonly name: string;
  readonly machine: Machine;
  isAlive: boolean;
  isFrozen: boolean;
  readonly onDeath: Set<() => Promise<void> | void>;
  /** what came about while it was frozen */
  readonly onThaw: (() => void)[];
};

export type Timer = {
  at: number;
  readonly everyMs: number | null;
  readonly process: Process;
  readonly ring: () => void;
};

type Operation = {
  readonly process: Process;
  readonly what: string;
  readonly settle: () => Promise<void>;
} & Required<CallOptions>;

export type CallOptions = {
  /** called instead of the work when the process dies before */
  readonly abandon?: () => Promise<void> | void;
  /** whether the machine's link to the databases is needed */
  readonly isRemote?: boolean;
};

/** Which simulated process the running code belongs to. */
const running = new AsyncLocalStorage<{ readonly world: World; readonly process: Process }>();

/** The world and the process of the code that asks; null: it is not simulated. */
export function simulated(): { readonly world: World; readonly process: Process } | null {
  return running.getStore() ?? null;
}

/** Runs code that belongs to no simulated process, though one has called it. */
export function outside<T>(work: () => T): T {
  return running.exit(work);
}

/**
 * Everything that takes time outside a process goes through here, and comes about one step at a time, in an order that
 * chance says: so a seed gives the same history again.
 */
export class World {
  readonly random: Random;
  /** nothing fails any more */
  isCalm = false;
  readonly trace: string[] = [];
  readonly #operations: Operation[] = [];
  readonly #timers = new Set<Timer>();
  #now = BEGINS_AT;

  constructor(random: Random) {
    this.random = random;
  }

  /** Microseconds by a clock that goes right and that nobody has. */
  trueNow(): number {
    return this.#now;
  }

  machine(name: string): Machine {
    return new Machine(name, () => this.#now);
  }

  /** Whether chance says so; in a calm world it never does. */
  fails(probability: number): boolean {
    return !this.isCalm && this.random.chance(probability);
  }

  spawn(name: string, machine: Machine): Process {
    return { name, machine, isAlive: true, isFrozen: false, onDeath: new Set(), onThaw: [] };
  }

  /** Runs code of a process. */
  run<T>(process: Process, work: () => T): T {
    return running.run({ world: this, process }, work);
  }

  /** Ends a process where it is: what it had asked for may still come about, by chance, but it never hears of it. */
  async kill(process: Process): Promise<void> {
    if (!process.isAlive) return;
    process.isAlive = false;
    process.onThaw.length = 0;
    const theirs = this.#operations.filter((operation) => operation.process === process);
    for (const operation of theirs) this.#operations.splice(this.#operations.indexOf(operation), 1);
    for (const timer of this.#timers) if (timer.process === process) this.#timers.delete(timer);
    for (const { abandon } of theirs) await abandon();
    for (const die of process.onDeath) await die();
  }

  /** Lets a frozen process go on where it was: it hears at once of all that came about meanwhile. */
  thaw(process: Process): void {
    process.isFrozen = false;
    for (const hear of process.onThaw.splice(0)) hear();
  }

  /** What `work` gives, at the step at which this operation's turn comes. Who is not simulated is served at once. */
  call<T>(what: string, work: () => T | Promise<T>, options: CallOptions = {}): Promise<T> {
    const process = simulated()?.process;
    if (process === undefined) return Promise.resolve().then(work);
    const { abandon = () => {}, isRemote = false } = options;
    return new Promise((resolve, reject) => {
      if (!process.isAlive) return;
      const hear = (tell: () => void) => (process.isFrozen ? void process.onThaw.push(tell) : tell());
      const settle = () =>
        outside(() => Promise.resolve().then(work)).then(
          (result) => hear(() => resolve(result)),
          (error: unknown) => hear(() => reject(error)),
        );
      this.#operations.push({ process, what, settle, abandon, isRemote });
    });
  }

  setTimer(timer: Omit<Timer, 'at' | 'process'> & { readonly afterMs: number }): Timer {
    const { process } = simulated() ?? {};
    if (process === undefined) throw new Error('a timer of nobody');
    const set = { ...timer, at: this.#now + Math.round(timer.afterMs * 1_000), process };
    if (process.isAlive) this.#timers.add(set);
    return set;
  }

  clearTimer(timer: Timer): void {
    this.#timers.delete(timer);
  }

  /** One thing comes about, and what follows from it at once. */
  async step(): Promise<void> {
    const timers = [...this.#timers].filter(({ process }) => !process.isFrozen);
    const [timer] = timers.sort((a, b) => a.at - b.at);
    const possible = this.#operations.filter(({ process, isRemote }) => !(isRemote && process.machine.isCutOff));
    const isTimersTurn = possible.length === 0 || this.random.chance(TIMER_FIRST);
    if (timer !== undefined && isTimersTurn) this.#ring(timer);
    else await this.#settleOne(possible);
    await quiet();
  }

  isIdle(): boolean {
    return this.#operations.length === 0;
  }

  #ring(timer: Timer): void {
    this.#now = Math.max(this.#now, timer.at);
    this.#timers.delete(timer);
    if (timer.everyMs !== null) {
      timer.at = this.#now + Math.round(timer.everyMs * 1_000);
      this.#timers.add(timer);
    }
    this.say(`timer of ${timer.process.name}`);
    this.run(timer.process, timer.ring);
  }

  async #settleOne(possible: readonly Operation[]): Promise<void> {
    if (possible.length === 0) return;
    const operation = this.random.pick(possible);
    this.#operations.splice(this.#operations.indexOf(operation), 1);
    this.#now += this.random.below(MAX_OPERATION_MICROS);
    this.say(`${operation.what} of ${operation.process.name}`);
    await operation.settle();
  }

  /** For whoever reads how it came to a failure. */
  say(what: string): void {
    this.trace.push(what);
    if (this.trace.length > TRACED_STEPS) this.trace.shift();
  }
}

/** All that follows without waiting for anything outside has happened. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
