import { EventEmitter } from 'node:events';
import pg from 'pg';
import { within } from '../../src/deadline.ts';
import { outside, simulated, type World } from './world.ts';

const LOSES_CONNECTION = 0.005;
/** PostgreSQL's own clock. */
const ITS_CLOCK = /\bclock_timestamp\(\)/g;

/**
 * Gives simulated processes, in place of `pg.Client`, a client of the real PostgreSQL whose statements take their turn in
 * the simulated world, and see its time. For the whole life of this process.
 */
export function simulateClients(): void {
  const either = new Proxy(pg.Client, {
    construct(Client, [config]: [pg.ClientConfig]) {
      const here = simulated();
      if (here === null) return new Client(config);
      const { query_timeout: answerMs = Number.POSITIVE_INFINITY, ...settings } = config;
      const real = outside(() => new Client({ ...settings, connectionTimeoutMillis: 0 }));
      return new SimulatedClient(real, here.world, answerMs);
    },
  });
  Reflect.set(pg, 'Client', either);
}

/** What of a client the leases use. What others notify comes to nobody: polling is the truth. */
class SimulatedClient extends EventEmitter {
  readonly #real: pg.Client;
  readonly #world: World;
  readonly #answerMs: number;
  #underWay = 0;
  #isEnded = false;
  #isClosed = false;

  constructor(real: pg.Client, world: World, answerMs: number) {
    super();
    this.#real = real;
    this.#world = world;
    this.#answerMs = answerMs;
    real.on('error', () => {});
    simulated()?.process.onDeath.add(this.#close);
  }

  async connect(): Promise<void> {
    await this.#ask('a connection for leases', () => this.#real.connect());
  }

  query(text: string, values?: unknown[]): Promise<pg.QueryResult> {
    return this.#ask('a statement on leases', async () => {
      const fate = this.#world.fails(LOSES_CONNECTION) ? this.#world.random.pick(['before', 'after']) : 'works';
      const now = new Date(this.#world.trueNow() / 1_000).toISOString();
      const query = () => this.#real.query(text.replace(ITS_CLOCK, `timestamptz '${now}'`), values);
      const result = fate === 'before' ? null : await query();
      if (fate === 'works' && result !== null) return result;
      await this.#close();
      throw lost();
    });
  }

  /** What is under way comes to PostgreSQL all the same. */
  async end(): Promise<void> {
    this.#isEnded = true;
    if (this.#underWay === 0) await outside(this.#close);
  }

  /** What is not answered in time may still come about. */
  #ask<T>(what: string, work: () => Promise<T>): Promise<T> {
    const ask = async () => {
      try {
        if (this.#isClosed) throw lost();
        return await work();
      } finally {
        this.#underWay -= 1;
        if (this.#isEnded && this.#underWay === 0) await this.#close();
      }
    };
    this.#underWay += 1;
    return within(this.#answerMs, this.#world.call(what, ask, { isRemote: true }), () => {
      throw new Error('Query read timeout');
    });
  }

  readonly #close = async (): Promise<void> => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#real.end().catch(() => undefined);
  };
}

/** In the words of the driver. */
function lost(): Error {
  return new Error('Connection terminated unexpectedly');
}
