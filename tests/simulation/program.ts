import pino from 'pino';
import { v5 as uuidv5 } from 'uuid';
import { keepLeases } from '../../src/adapters/postgres/index.ts';
import { type Heard, readHeard } from '../../src/listening/heard.ts';
import { Journal, wordsSchema } from '../../src/listening/index.ts';
import { type Listener, startListener } from '../../src/listening/listener.ts';
import type { Books } from './books.ts';
import type { Machine } from './machine.ts';
import type { SimulatedLog } from './simulatedLog.ts';
import type { SimulatedPbx } from './simulatedPbx.ts';
import type { Process, World } from './world.ts';

const SERVERS_NAMESPACE = '1c0f3c1e-58a5-4f0b-9c0e-6f1a6b7f4c55';
const FOLDER = '/simulated/journal';
/** So small that it is full now and then, and has many files. */
const JOURNAL = { maxBytes: 400_000, segmentBytes: 30_000 };
const logger = pino({ level: 'silent' });

export type Surroundings = {
  readonly world: World;
  readonly machine: Machine;
  readonly pbx: SimulatedPbx;
  readonly log: SimulatedLog;
  readonly books: Books;
  /** of the database with the leases */
  readonly url: string;
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
    const { machine, pbx, log, books, url } = this.#around;
    const server = { id: uuidv5(machine.name, SERVERS_NAMESPACE), name: machine.name };
    const leases = keepLeases(url, { server, logger });
    await leases.asked.catch(() => undefined);
    const journal = await Journal.open({ folder: FOLDER, logger, ...JOURNAL }).catch(() => null);
    if (journal === null) return;
    watched(journal, books);
    const source = pbx.sourceOf(machine);
    const sharing = {
      server,
      lease: leases.want('pbx:pbx', wordsSchema),
      takeTurn: () => leases.tryTake('journal:pbx'),
    };
    this.#listener = startListener({ source, journal, log, sharing, clock: machine, logger, app: 'simulated' });
    await this.#listener.done.catch(() => undefined);
    await leases.close();
  }
}

/** Tells the books what goes into the journal, what is safe in it, and what it gives back. */
function watched(journal: Journal, books: Books): void {
  const { append, read, release } = Object.getPrototypeOf(journal) as Journal;
  const unreleased: { readonly number: number; readonly heard: Heard }[] = [];
  journal.append = async (record) => {
    const isKept = books.hand(readHeard(record));
    await append.call(journal, record);
    isKept();
  };
  journal.read = async function* (signal) {
    // it begins anew with what is not released
    unreleased.length = 0;
    for await (const kept of read.call(journal, signal)) {
      unreleased.push({ number: kept.number, heard: readHeard(kept.record) });
      yield kept;
    }
  };
  journal.release = (upTo, number) => {
    while (unreleased[0] !== undefined && unreleased[0].number < number) {
      const given = unreleased.shift();
      if (given !== undefined) books.release(given.heard);
    }
    release.call(journal, upTo, number);
  };
}
