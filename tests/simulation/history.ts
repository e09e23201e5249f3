import * as assert from 'uvu/assert';
import { within } from '../../src/deadline.ts';
import { assertAgreesWithLog, storedTables } from '../projections/support/agreement.ts';
import { poison } from '../projections/support/events.ts';
import type { TestReadModel } from '../projections/support/readModel.ts';
import { Random } from '../support/random.ts';
import { simulateBuiltins } from './builtins.ts';
import type { Disk } from './disk.ts';
import { Ledger } from './ledger.ts';
import { Program } from './program.ts';
import { SimulatedLog } from './simulatedLog.ts';
import { SimulatedPbx, scriptOf } from './simulatedPbx.ts';
import { World } from './world.ts';

const CALLS = 6;
const ROWS_EVERY = 100;
const MAX_STEPS_TO_REST = 30_000;
const FAULT = 0.02;
const RESTARTS = 0.05;
const MENDS = 0.05;
const CLOCK_STEP_MICROS = 20_000_000;
/** A history takes about a second; one that waits for what never comes shall be told by its seed. */
const HISTORY_MS = 60_000;

simulateBuiltins();

/**
 * One history by a seed: `steps` with faults, then without any until all is at rest. Returns how many steps it had. Errors
 * name the seed.
 */
export async function simulate(seed: number, steps: number, model: Omit<TestReadModel, 'log'>): Promise<number> {
  const history = await History.begin(seed, model);
  try {
    return await within(HISTORY_MS, history.live(steps), () => {
      throw new Error(`it did not end within ${HISTORY_MS} ms`);
    });
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}\n${history.trace()}`, {
      cause: error,
    });
  }
}

class History {
  readonly #world: World;
  readonly #disk: Disk;
  readonly #pbx: SimulatedPbx;
  readonly #log: SimulatedLog;
  readonly #ledger = new Ledger();
  readonly #poisons = new Set<bigint>();
  readonly #model: Omit<TestReadModel, 'log'>;
  #program: Program;
  #programs = 0;
  #steps = 0;

  private constructor(world: World, pbx: SimulatedPbx, model: Omit<TestReadModel, 'log'>) {
    this.#world = world;
    this.#pbx = pbx;
    this.#model = model;
    this.#disk = world.disk;
    this.#log = new SimulatedLog(world);
    this.#log.onStored = (event) => this.#ledger.store(event);
    this.#program = this.#start();
  }

  static async begin(seed: number, model: Omit<TestReadModel, 'log'>): Promise<History> {
    const random = new Random(seed);
    const world = new World(random);
    return new History(world, new SimulatedPbx(world, await scriptOf(random, CALLS)), model);
  }

  trace(): string {
    return this.#world.trace.join('\n');
  }

  async live(steps: number): Promise<number> {
    while (this.#steps < steps) {
      if (this.#world.random.chance(FAULT)) await this.#fault();
      if (this.#world.random.chance(MENDS)) this.#mend();
      await this.#step();
    }
    this.#world.isCalm = true;
    this.#mend();
    while (!this.#isAtRest()) {
      assert.ok(this.#steps < steps + MAX_STEPS_TO_REST, 'it does not come to rest');
      await this.#step();
    }
    this.#ledger.expectComplete();
    this.#assertLedger();
    await this.#assertRows();
    await this.#world.kill(this.#program.process);
    return this.#steps;
  }

  async #step(): Promise<void> {
    this.#steps += 1;
    if (this.#program.hasEnded) await this.#world.kill(this.#program.process);
    const isGone = !this.#program.process.isAlive;
    if (isGone && (this.#world.isCalm || this.#world.random.chance(RESTARTS))) this.#program = this.#start();
    this.#pbx.passTime(this.#program.isListening);
    await this.#world.step();
    this.#assertLedger();
    assert.ok(this.#program.position <= this.#head(), 'the projector is ahead of the log');
    if (this.#steps % ROWS_EVERY === 0) await this.#assertRows();
  }

  #start(): Program {
    this.#programs += 1;
    const { pool, version } = this.#model;
    const [world, pbx, log, ledger] = [this.#world, this.#pbx, this.#log, this.#ledger];
    world.say(`process ${this.#programs} starts`);
    return new Program({ world, pbx, log, pool, version, ledger }, this.#programs);
  }

  async #fault(): Promise<void> {
    const faults: Readonly<Record<string, () => unknown>> = {
      'the process is killed': () => this.#world.kill(this.#program.process),
      'the power fails': async () => {
        await this.#world.kill(this.#program.process);
        this.#disk.powerCut(this.#world.random);
      },
      'the process is told to stop': () => this.#program.stop(),
      'the PBX is cut off': () => this.#pbx.cut(),
      'the log goes away': () => {
        this.#log.isAway = true;
      },
      'the disk is full': () => {
        this.#disk.isFull = true;
      },
      'the clock is set': () =>
        this.#world.setClock(this.#world.random.below(2 * CLOCK_STEP_MICROS) - CLOCK_STEP_MICROS),
      'a lost append comes through': () => this.#log.comeThrough(),
      'somebody stores what nobody understands': () => this.#poison(),
    };
    const name = this.#world.random.pick(Object.keys(faults));
    this.#world.say(name);
    await faults[name]?.();
  }

  #mend(): void {
    this.#log.isAway = false;
    this.#disk.isFull = false;
  }

  async #poison(): Promise<void> {
    const { stream, event } = poison(`call-pbx-${1_700_000_000 + this.#poisons.size}.1`);
    const { position } = await this.#log.append(stream, [event], 'no_stream');
    this.#poisons.add(position);
  }

  #isAtRest(): boolean {
    const isQuiet = this.#pbx.hasSaidAll() && this.#world.isIdle();
    return (
      isQuiet && this.#program.isListening && this.#program.hasStoredAll() && this.#program.position === this.#head()
    );
  }

  #head(): bigint {
    return this.#log.events.at(-1)?.position ?? 0n;
  }

  #assertLedger(): void {
    assert.ok(this.#ledger.broken.length === 0, this.#ledger.broken.join('; '));
  }

  /** Rows are the fold of the log up to the checkpoint; every event up to there is in them, or parked. */
  async #assertRows(): Promise<void> {
    const { pool, version } = this.#model;
    const { position, parked } = await storedTables(pool, version.schema);
    assert.ok(position <= this.#head(), 'the checkpoint is ahead of the log');
    const expected = [...this.#poisons].filter((poisoned) => poisoned <= position);
    assert.equal(new Set(parked.keys()), new Set(expected), 'parked is what cannot be projected, and nothing else');
    await assertAgreesWithLog({ pool, version, log: this.#log });
  }
}
