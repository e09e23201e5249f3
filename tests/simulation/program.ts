import pino from 'pino';
import { type Heard, readHeard } from '../../src/listening/heard.ts';
import { Journal } from '../../src/listening/index.ts';
import { type Listener, startListener } from '../../src/listening/listener.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { SimulatedLog } from './simulatedLog.ts';
import type { SimulatedPbx } from './simulatedPbx.ts';
import type { Process, World } from './world.ts';

const FOLDER = '/simulated/journal';
/** So small that it is full now and then, and has many files. */
const JOURNAL = { maxBytes: 400_000, segmentBytes: 30_000 };
const logger = pino({ level: 'silent' });

export type Surroundings = {
  readonly world: World;
  readonly machine: Machine;
  readonly pbx: SimulatedPbx;
  readonly log: SimulatedLog;
  readonly ledger: Ledger;
};

/** One run of the program: it listens and stores, as `serve` wires it, until it ends or is killed. */
export class Program {
  readonly process: Process;
  readonly #around: Surroundings;
  #listener: Listener | null = null;
  #hasEnded = false;

  constructor(around: Surroundings, nth: number) {
    this.#around = around;
    this.process = around.world.spawn(`process ${nth}`, around.machine);
    around.world.run(this.process, () => {
      void this.#run().finally(() => {
        this.#hasEnded = true;
      });
    });
  }

  /** By itself: it was told to stop, or cannot go on. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isListening(): boolean {
    return this.process.isAlive && this.#listener !== null;
  }

  hasStoredAll(): boolean {
    return this.#listener?.state().journal.records === 0;
  }

  stop(): void {
    const listener = this.#listener;
    if (listener !== null) this.#around.world.run(this.process, () => void listener.stop().catch(() => undefined));
  }

  async #run(): Promise<void> {
    const { machine, pbx, log, ledger } = this.#around;
    const journal = await Journal.open({ folder: FOLDER, logger, ...JOURNAL }).catch(() => null);
    if (journal === null) return;
    watched(journal, ledger);
    const source = pbx.sourceOf(machine);
    this.#listener = startListener({ source, journal, log, clock: machine, logger, app: 'simulated' });
    await this.#listener.done.catch(() => undefined);
  }
}

/** Tells the ledger what goes into the journal, what is safe in it, and what it gives back. */
function watched(journal: Journal, ledger: Ledger): void {
  const { append, read, release } = Object.getPrototypeOf(journal) as Journal;
  const unreleased: { readonly number: number; readonly heard: Heard }[] = [];
  journal.append = async (record) => {
    const isKept = ledger.hand(readHeard(record));
    await append.call(journal, record);
    isKept();
  };
  journal.read = async function* (signal) {
    for await (const kept of read.call(journal, signal)) {
      unreleased.push({ number: kept.number, heard: readHeard(kept.record) });
      yield kept;
    }
  };
  journal.release = (upTo, number) => {
    while (unreleased[0] !== undefined && unreleased[0].number < number) {
      const given = unreleased.shift();
      if (given !== undefined) ledger.release(given.heard);
    }
    release.call(journal, upTo, number);
  };
}
