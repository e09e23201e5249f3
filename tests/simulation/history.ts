import * as assert from 'uvu/assert';
import { within } from '../../src/deadline.ts';
import { assertAgreesWithLog, storedTables } from '../projections/support/agreement.ts';
import { poison } from '../projections/support/events.ts';
import { type TestReadModel, toFold } from '../projections/support/readModel.ts';
import { Random } from '../support/random.ts';
import type { Books } from './books.ts';
import { simulateBuiltins } from './builtins.ts';
import { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import { Program } from './program.ts';
import { Projecting } from './projecting.ts';
import { SharedLedger } from './sharedLedger.ts';
import { simulateClients } from './simulatedClient.ts';
import { SimulatedLog } from './simulatedLog.ts';
import { SimulatedPbx, scriptOf } from './simulatedPbx.ts';
import { World } from './world.ts';

const CALLS = 6;
/** `SIMULATION_SERVERS=1` lets a server be alone in every history, not in some. */
const MAX_SERVERS = Number(process.env.SIMULATION_SERVERS ?? 3);
const ROWS_EVERY = 100;
const MAX_STEPS_TO_REST = 30_000;
const FAULT = 0.02;
const RESTARTS = 0.05;
const MENDS = 0.05;
/** How often what cuts off or freezes a server goes on for longer than a lease lasts. */
const LASTS = 0.9;
const CLOCK_STEP_MICROS = 20_000_000;
/** A history takes about a second; one that waits for what never comes shall be told by its seed. */
const HISTORY_MS = 60_000;

simulateBuiltins();
simulateClients();

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

/** A machine, and what runs on it now. */
type Server = { readonly machine: Machine; program: Program };

class History {
  readonly #world: World;
  readonly #pbx: SimulatedPbx;
  readonly #log: SimulatedLog;
  readonly #books: Books;
  readonly #poisons = new Set<bigint>();
  readonly #model: Omit<TestReadModel, 'log'>;
  readonly #servers: readonly Server[];
  readonly #projectors: Machine;
  #projecting: Projecting;
  #processes = 0;
  #steps = 0;

  private constructor(world: World, pbx: SimulatedPbx, model: Omit<TestReadModel, 'log'>, servers: number) {
    this.#world = world;
    this.#pbx = pbx;
    this.#model = model;
    this.#books = servers > 1 ? new SharedLedger() : new Ledger();
    this.#log = new SimulatedLog(world);
    this.#log.onStored = (event) => this.#books.store(event);
    const machines = Array.from({ length: servers }, (_, at) => world.machine(`machine ${at + 1}`));
    this.#servers = machines.map((machine) => ({ machine, program: this.#start(machine) }));
    this.#projectors = world.machine('machine of the projector');
    this.#projecting = this.#project();
  }

  static async begin(seed: number, model: Omit<TestReadModel, 'log'>): Promise<History> {
    const random = new Random(seed);
    const world = new World(random);
    // of a history before
    await model.pool.query('delete from commslog.lease');
    const pbx = new SimulatedPbx(world, await scriptOf(random, CALLS));
    return new History(world, pbx, model, 1 + random.below(MAX_SERVERS));
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
    while (!this.#isAtRest() || (await toFold(this.#model))) {
      assert.ok(this.#steps < steps + MAX_STEPS_TO_REST, 'it does not come to rest');
      await this.#step();
    }
    this.#books.expectComplete();
    this.#assertLedger();
    await this.#assertRows();
    for (const { program } of this.#servers) await this.#world.kill(program.process);
    await this.#world.kill(this.#projecting.process);
    return this.#steps;
  }

  async #step(): Promise<void> {
    this.#steps += 1;
    await this.#startWhatHasEnded();
    this.#pbx.passTime();
    await this.#world.step();
    this.#assertLedger();
    assert.ok(this.#projecting.position <= this.#head(), 'the projector is ahead of the log');
    if (this.#steps % ROWS_EVERY === 0) await this.#assertRows();
  }

  async #startWhatHasEnded(): Promise<void> {
    const isTime = () => this.#world.isCalm || this.#world.random.chance(RESTARTS);
    for (const server of this.#servers) {
      if (server.program.hasEnded) await this.#world.kill(server.program.process);
      if (!server.program.process.isAlive && isTime()) server.program = this.#start(server.machine);
    }
    if (this.#projecting.hasEnded) await this.#world.kill(this.#projecting.process);
    if (!this.#projecting.process.isAlive && isTime()) this.#projecting = this.#project();
  }

  #start(machine: Machine): Program {
    this.#processes += 1;
    const [world, pbx, log, books] = [this.#world, this.#pbx, this.#log, this.#books];
    world.say(`process ${this.#processes} starts on ${machine.name}`);
    return new Program({ world, machine, pbx, log, books, url: this.#model.url }, this.#processes);
  }

  #project(): Projecting {
    this.#processes += 1;
    const { pool, version } = this.#model;
    const [world, log, machine] = [this.#world, this.#log, this.#projectors];
    return new Projecting({ world, machine, log, pool, version }, this.#processes);
  }

  async #fault(): Promise<void> {
    const server = this.#world.random.pick(this.#servers);
    const { machine, program } = server;
    const faults: Readonly<Record<string, () => unknown>> = {
      'the process is killed': () => this.#world.kill(program.process),
      'the process freezes': () => {
        program.process.isFrozen = true;
      },
      'the machine is cut off from the databases': () => {
        machine.isCutOff = true;
      },
      'the projector is killed': () => this.#world.kill(this.#projecting.process),
      'the power fails': async () => {
        await this.#world.kill(program.process);
        machine.disk.powerCut(this.#world.random);
      },
      'the process is told to stop': () => program.stop(),
      'the PBX is cut off': () => this.#pbx.cut(),
      'the log goes away': () => {
        this.#log.isAway = true;
      },
      'the disk is full': () => {
        machine.disk.isFull = true;
      },
      'the clock is set': () => machine.setClock(this.#world.random.below(2 * CLOCK_STEP_MICROS) - CLOCK_STEP_MICROS),
      'a lost append comes through': () => this.#log.comeThrough(),
      'somebody stores what nobody understands': () => this.#poison(),
    };
    const name = this.#world.random.pick(Object.keys(faults));
    this.#world.say(`${name} (${machine.name})`);
    await faults[name]?.();
  }

  #mend(): void {
    this.#log.isAway = false;
    for (const { machine } of this.#servers) machine.disk.isFull = false;
    for (const { machine, program } of this.#servers) {
      if (!this.#world.fails(LASTS)) machine.isCutOff = false;
      if (!this.#world.fails(LASTS)) this.#world.thaw(program.process);
    }
  }

  async #poison(): Promise<void> {
    const { stream, event } = poison(`call-pbx-${1_700_000_000 + this.#poisons.size}.1`);
    const { position } = await this.#log.append(stream, [event], 'no_stream');
    this.#poisons.add(position);
  }

  #isAtRest(): boolean {
    const isQuiet = this.#pbx.hasSaidAll() && this.#world.isIdle();
    const haveStored = this.#servers.every(({ program }) => program.isListening && program.hasStoredAll());
    return isQuiet && haveStored && this.#projecting.position === this.#head();
  }

  #head(): bigint {
    return this.#log.events.at(-1)?.position ?? 0n;
  }

  #assertLedger(): void {
    assert.ok(this.#books.broken.length === 0, this.#books.broken.join('; '));
  }

  /** Rows are the fold of the log up to the checkpoint, when all calls are folded; every event up to there is in them, or parked. */
  async #assertRows(): Promise<void> {
    const { pool, version } = this.#model;
    const { position, parked } = await storedTables(pool, version.schema);
    assert.ok(position <= this.#head(), 'the checkpoint is ahead of the log');
    const expected = [...this.#poisons].filter((poisoned) => poisoned <= position);
    assert.equal(new Set(parked.keys()), new Set(expected), 'parked is what cannot be projected, and nothing else');
    // calls that wait to be folded have the rows of before
    if (!(await toFold({ pool, version }))) await assertAgreesWithLog({ pool, version, log: this.#log });
  }
}
