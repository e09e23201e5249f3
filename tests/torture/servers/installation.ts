import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET } from '../../support/fakePbx.ts';
import { command } from '../../support/program.ts';
import { Random } from '../../support/random.ts';
import { type Check, checks, comes } from '../asking.ts';
import { FloodPbx } from '../floodPbx.ts';
import type { Witness } from '../witness.ts';
import { LogWatch } from './logWatch.ts';
import { Server } from './server.ts';
import { SomebodysPostgres } from './somebodysPostgres.ts';

const WELL_WITHIN_MS = 120_000;
const LISTENERS = ['one', 'two', 'three'];
const HOLDER = "select holder_name from commslog.lease where name = 'pbx:pbx' and expires_at > clock_timestamp()";

export type InstallationOptions = {
  readonly random: Random;
  readonly callsPerSecond: number;
  readonly folder: string;
};

/** Three servers that listen, store and project, another that answers HTTP only, their PostgreSQL, and a flooding PBX. */
export class Installation implements Witness {
  readonly random: Random;
  readonly pbx: FloodPbx;
  readonly postgres: SomebodysPostgres;
  readonly watch: LogWatch;
  readonly listeners: readonly Server[];
  /** nothing is done to it, so that it can always be asked */
  readonly front: Server;
  heardSince = 0;
  #token = '';

  private constructor(
    { random, folder }: InstallationOptions,
    { pbx, postgres, watch }: Pick<Installation, 'pbx' | 'postgres' | 'watch'>,
  ) {
    this.random = random;
    this.pbx = pbx;
    this.postgres = postgres;
    this.watch = watch;
    const secret = join(folder, 'secret');
    writeFileSync(secret, randomBytes(48).toString('base64url'), { mode: 0o600 });
    const settings = (port: number) => ({
      AMI_HOST: '127.0.0.1',
      AMI_PORT: String(pbx.port),
      AMI_USERNAME: 'crm',
      AMI_PASSWORD: SECRET,
      COUNTRY: 'GR',
      AUTH_SECRET_FILE: secret,
      DATABASE_URL: postgres.urlThrough(port),
    });
    const port = () => postgres.port;
    const around = (name: string) => ({ name, folder: join(folder, name), port, settings });
    this.listeners = LISTENERS.map((name) => new Server(around(name)));
    this.front = new Server({ ...around('front'), only: 'http' });
  }

  static async begin(options: InstallationOptions): Promise<Installation> {
    const postgres = await SomebodysPostgres.start(join(options.folder, 'somebodys'));
    const pbx = await FloodPbx.start(new Random(options.random.below(2 ** 31)), options.callsPerSecond);
    const watch = await LogWatch.open(postgres.url);
    const installation = new Installation(options, { pbx, postgres, watch });
    try {
      await Promise.all(installation.servers().map((server) => server.start()));
      const { stdout } = await command(['token', '--role', 'auditor'], installation.front.settings());
      installation.#token = stdout.trim();
      await installation.isWell();
      installation.heardSince = Date.now();
      return installation;
    } catch (error) {
      await installation.close();
      throw error;
    }
  }

  readonly get = (path: string): Promise<string> => this.front.get(path, this.#token);

  /** Who listens for all. Errors: nobody does. */
  async holder(): Promise<Server> {
    const { rows } = await this.postgres.operate((operator) => operator.query<{ holder_name: string }>(HOLDER));
    const holder = this.listeners.find(({ name }) => name === rows[0]?.holder_name);
    if (holder === undefined) throw new Error('nobody holds the lease of the PBX');
    return holder;
  }

  /** One that would listen next. */
  async standBy(): Promise<Server> {
    const holder = await this.holder();
    const other = this.listeners.find((server) => server !== holder);
    if (other === undefined) throw new Error('nobody stands by');
    return other;
  }

  /** Everything passes that `/readyz` checks at every server, and the PBX is heard. */
  async isWell(): Promise<void> {
    let last = '';
    const isWell = async () => {
      const told = this.servers().map(async (server) => {
        const ill = await this.illOf(server);
        return ill.map(({ name, detail }) => `${server.name}: ${name}: ${detail}`);
      });
      last = (await Promise.all(told)).flat().join('; ');
      return last === '' && this.pbx.isHeard;
    };
    await comes('all is well again', WELL_WITHIN_MS, isWell).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error} (${last})`);
    });
  }

  /** What does not pass of that which `/readyz` checks at a server. */
  async illOf(server: Server): Promise<readonly Check[]> {
    return (await checks((path) => server.get(path, this.#token))).filter(({ passes }) => !passes);
  }

  async close(): Promise<void> {
    await this.pbx.close();
    await Promise.all(this.servers().map((server) => server.close()));
    await this.watch.close();
    await this.postgres.close();
  }

  servers(): readonly Server[] {
    return [...this.listeners, this.front];
  }
}
