import pg from 'pg';
import { madeFolder, type StartedCluster, startCluster } from '../../../src/adapters/postgres/embedded.ts';
import type { Postmaster } from '../../../src/adapters/postgres/postmaster.ts';
import { connectionSettings } from '../../../src/postgres.ts';
import { pause } from '../../../src/retry.ts';
import { postgresProcesses, postmasterOf } from '../postgresProcesses.ts';

/** Two servers, the commands, and whoever looks on. */
const SETTINGS = ['max_connections=200'];
const STARTS_WITHIN_MS = 30_000;
const TRY_AGAIN_MS = 200;

/** A PostgreSQL that several servers share and none of them has started: nobody but its operator starts it again. */
export class SomebodysPostgres {
  readonly #folder: string;
  readonly #cluster: StartedCluster;
  #postmaster: Postmaster;

  private constructor(folder: string, cluster: StartedCluster) {
    this.#folder = folder;
    this.#cluster = cluster;
    this.#postmaster = cluster.postmaster;
  }

  static async start(folder: string): Promise<SomebodysPostgres> {
    return new SomebodysPostgres(folder, await startCluster(madeFolder(folder), { settings: SETTINGS }));
  }

  get url(): string {
    return this.#cluster.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Its address when it is reached by another port. */
  urlThrough(port: number): string {
    return Object.assign(new URL(this.url), { port: String(port) }).href;
  }

  /** `fast`: what is under way is rolled back, all is written. `killed`: it has to recover when it is started. */
  async stop(how: 'fast' | 'killed'): Promise<void> {
    if (how === 'killed') process.kill(postmasterOf(this.#folder), 'SIGKILL');
    else await this.#postmaster.stop();
    await this.#postmaster.ended;
  }

  /** The children of one that was killed may hold its memory for a moment. */
  async startAgain(): Promise<void> {
    const until = Date.now() + STARTS_WITHIN_MS;
    for (;;) {
      try {
        this.#postmaster = await this.#cluster.startAgain(AbortSignal.timeout(STARTS_WITHIN_MS));
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await pause(TRY_AGAIN_MS);
      }
    }
  }

  /** None of its processes does anything; whoever is connected stays so. Returns how to let them go on. */
  freeze(): () => void {
    const frozen = postgresProcesses(this.#folder);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    return () => {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
    };
  }

  /** Runs `work` on a connection of its operator. */
  async operate<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ ...connectionSettings(this.url), application_name: 'operator' });
    client.on('error', () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    await this.#postmaster.stop();
  }
}
