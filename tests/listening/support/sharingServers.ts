import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Heard, readHeard } from '../../../src/listening/heard.ts';
import { Journal } from '../../../src/listening/journal/journal.ts';
import { type Listener, startListener } from '../../../src/listening/listener.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { brokenLog } from '../../support/brokenLog.ts';
import type { LeaseRow, SharedLease, TurnsByHand } from '../../support/leaseRow.ts';
import type { HandClock, HeardByMany } from './heardByMany.ts';

const logger = pino({ level: 'silent' });
const TIMINGS = {
  awayMinMs: 2,
  awayMaxMs: 5,
  tellMs: 2,
  drainMs: 10,
  handedOverMs: 20_000,
  underWayMs: 5,
  lookAgainMinMs: 2,
  lookAgainMaxMs: 10,
  unheardMinMs: 5,
  unheardMaxMs: 50,
};

export type Around = {
  readonly pbx: string;
  readonly said: HeardByMany;
  readonly clock: HandClock;
  readonly log: EventStore;
  readonly row: LeaseRow;
  readonly turns: TurnsByHand;
  /** a record is safe on the disk of a server that lives */
  readonly onKept: (heard: Heard) => void;
};

/** A server with a disk of its own, which can be killed, and started again on what its disk holds then. */
export class SharingServer {
  readonly name: string;
  readonly #aheadMicros: number;
  readonly #around: Around;
  readonly #root: string;
  #folder: string;
  #lives = 0;
  #listener: Listener | null = null;
  #lease: SharedLease | null = null;

  /** The clock of its machine is so much ahead of the PBX's. */
  constructor(name: string, aheadMicros: number, around: Around) {
    this.name = name;
    this.#aheadMicros = aheadMicros;
    this.#around = around;
    this.#root = mkdtempSync(join(tmpdir(), 'commslog-server-'));
    process.once('exit', () => rmSync(this.#root, { recursive: true, force: true }));
    this.#folder = join(this.#root, '0');
  }

  get listener(): Listener | null {
    return this.#listener;
  }

  get lease(): SharedLease | null {
    return this.#lease;
  }

  async start(): Promise<void> {
    if (this.#listener !== null) return;
    const { pbx, said, clock, log, row, turns, onKept } = this.#around;
    const life = { isDead: false };
    const lease = row.of(this.name);
    const broken = brokenLog(log, () => (life.isDead ? 'LOG_UNAVAILABLE' : 'works'));
    const reached: EventStore = {
      ...broken,
      append: (...args) => {
        const appended = broken.append(...args);
        this.#underWay.add(appended);
        const forget = () => void this.#underWay.delete(appended);
        appended.then(forget, forget);
        return appended;
      },
    };
    const journal = await Journal.open({ folder: this.#folder, logger, segmentBytes: 5_000 });
    const { append } = Journal.prototype;
    journal.append = async (record) => {
      await append.call(journal, record);
      if (!life.isDead) onKept(readHeard(record));
    };
    this.#kill = () => {
      life.isDead = true;
    };
    this.#lease = lease;
    this.#listener = startListener({
      source: said.sourceOf(pbx, this.name, this.#aheadMicros),
      journal,
      log: reached,
      clock: clock.ahead(this.#aheadMicros),
      logger,
      app: '0.0.0',
      sharing: { server: { id: this.name, name: this.name }, lease, takeTurn: () => turns.take() },
      timings: TIMINGS,
    });
    this.#listener.done.catch(() => undefined);
  }

  #kill: () => void = () => {};
  readonly #underWay = new Set<Promise<unknown>>();

  /** What it has sent to the log has arrived, as it has by the time at which another can have its lease. */
  async arrived(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Ends it where it is: nothing that it does from now on reaches the log or what the next start finds. */
  async kill(): Promise<void> {
    const listener = this.#listener;
    if (listener === null || this.#lease === null) return;
    this.#kill();
    this.#lives += 1;
    const next = join(this.#root, String(this.#lives));
    cpSync(this.#folder, next, { recursive: true, filter: (file) => !/\/lock[^/]*$/.test(file) });
    this.#folder = next;
    this.#around.row.forget(this.#lease);
    this.#listener = null;
    this.#lease = null;
    await this.arrived();
    await listener.stop().catch(() => undefined);
  }

  async stop(): Promise<void> {
    const listener = this.#listener;
    this.#listener = null;
    await listener?.stop();
    this.#lease = null;
  }
}
