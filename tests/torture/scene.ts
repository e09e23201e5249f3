import { readFileSync } from 'node:fs';
import { SECRET } from '../support/fakePbx.ts';
import { command, type Served, startServe } from '../support/program.ts';
import { Random } from '../support/random.ts';
import { checks, comes } from './asking.ts';
import { FloodPbx } from './floodPbx.ts';
import { toldGaps } from './gaps.ts';
import { Network } from './network.ts';

/** What `serve` may take of the machine's memory; from its source it is translated in the same process. */
export const MAX_MEMORY_MB = 300;
/** How long all may take to be well again after a fault. */
const WELL_WITHIN_MS = 90_000;
const SEEN_WITHIN_MS = 60_000;
/** The last proof of hearing may be so old when a connection ends. */
const PROOF_MS = 15_000;

export type SceneOptions = {
  readonly random: Random;
  readonly callsPerSecond: number;
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
};

/** A `serve` in a process of its own, a PBX that floods it through a network, and what can be seen from outside. */
export class Scene {
  readonly pbx: FloodPbx;
  readonly network: Network;
  readonly random: Random;
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
  /** the most that a `serve` took */
  memoryMb = 0;
  /** what was said before was never to be heard */
  heardSince = 0;
  #served: Served;
  #token = '';
  #log = '';
  #faultAt = 0;

  private constructor(options: SceneOptions, pbx: FloodPbx, network: Network, served: Served) {
    this.random = options.random;
    this.folder = options.folder;
    this.settings = settingsOf(options, network);
    this.pbx = pbx;
    this.network = network;
    this.#served = served;
  }

  static async begin(options: SceneOptions): Promise<Scene> {
    const pbx = await FloodPbx.start(new Random(options.random.below(2 ** 31)), options.callsPerSecond);
    const network = new Network(() => pbx.port);
    await network.up();
    const served = await startServe(settingsOf(options, network)).catch(async (error: unknown) => {
      await Promise.all([network.down(), pbx.close()]);
      throw error;
    });
    const scene = new Scene(options, pbx, network, served);
    try {
      scene.#token = (await command(['token', '--role', 'auditor'], scene.settings)).stdout.trim();
      await scene.isWell();
      scene.heardSince = Date.now();
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  get url(): string {
    return this.#served.url;
  }

  /** Starts `serve` again after it has ended. */
  async start(): Promise<void> {
    this.#log += this.#served.stderr();
    this.#served = await startServe(this.settings);
  }

  /** Ends `serve` by a signal; its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#measureMemory();
    return this.#served.stop(signal);
  }

  /** All that `serve` has said on standard error. */
  log(): string {
    return this.#log + this.#served.stderr();
  }

  readonly get = async (path: string): Promise<string> => {
    const response = await fetch(`${this.#served.url}${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
    return response.text();
  };

  /** Whether the checks of `/readyz` say this; `also` what the program's log has said since, an exit code, a gap. */
  async isSeen(said: RegExp, also: () => boolean | Promise<boolean> = () => false): Promise<void> {
    await comes(`it is seen: ${said}`, SEEN_WITHIN_MS, async () => {
      return (await checks(this.get)).some(({ detail }) => said.test(detail)) || (await also());
    });
  }

  /** The program's log says this, said so often more than `before` counted. */
  async isLogged(said: string, before: number): Promise<void> {
    await comes(`it is logged: ${said}`, SEEN_WITHIN_MS, () => this.logged(said) > before);
  }

  logged(said: string): number {
    return this.log().split(said).length - 1;
  }

  /** A gap for this reason has begun in this fault. */
  async hasGap(cause: string): Promise<void> {
    await comes(`a gap: ${cause}`, SEEN_WITHIN_MS, async () => {
      const gaps = await toldGaps(this).catch(() => []);
      return gaps.some((gap) => gap.cause === cause && gap.from >= this.#faultAt - PROOF_MS);
    });
  }

  /** The sum of a figure of `/metrics` whose name and labels match. */
  async figure(named: RegExp): Promise<number> {
    const lines = (await this.get('/metrics').catch(() => '')).split('\n').filter((line) => named.test(line));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** A figure grows by this fault. */
  async isCounted(named: RegExp, before: number): Promise<void> {
    await comes(`it is counted: ${named}`, SEEN_WITHIN_MS, async () => (await this.figure(named)) > before);
  }

  /** From now on what is seen is of a new fault. */
  beginFault(): void {
    this.#faultAt = Date.now();
  }

  /** Everything passes that `/readyz` checks, and the PBX is heard. */
  async isWell(): Promise<void> {
    let last = '';
    const isWell = async () => {
      this.#measureMemory();
      const ill = (await checks(this.get)).filter(({ passes }) => !passes);
      last = ill.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
      return ill.length === 0 && this.pbx.isHeard;
    };
    await comes('all is well again', WELL_WITHIN_MS, isWell).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error} (${last})`);
    });
  }

  async close(): Promise<void> {
    await this.pbx.close();
    await this.network.down();
    await this.end('SIGTERM');
  }

  /** As the kernel counts it, the most since the process began. */
  #measureMemory(): void {
    try {
      const status = readFileSync(`/proc/${this.#served.process.pid}/status`, 'utf8');
      this.memoryMb = Math.max(this.memoryMb, Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024));
    } catch {
      // it has ended, or this is no Linux
    }
  }
}

function settingsOf({ folder, settings = {} }: SceneOptions, { port }: Network): Readonly<Record<string, string>> {
  return {
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(port),
    AMI_USERNAME: 'crm',
    AMI_PASSWORD: SECRET,
    COUNTRY: 'GR',
    HTTP_PORT: '0',
    DATA_DIR: folder,
    ...settings,
  };
}
