import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';

const PORT = 2113;

export type NodeOptions = {
  /** its number among the links */
  readonly n: number;
  readonly address: string;
  readonly others: readonly string[];
  /** what its command begins with */
  readonly inside: readonly string[];
  /** one that the process itself becomes (`exec`) */
  readonly command: string;
  /** a folder that is a small file system of its own */
  readonly disk: string;
  /** null: without TLS */
  readonly certificate: Certificate | null;
  /** of `admin`, where there is TLS */
  readonly password: string;
};

/** A node of EventStoreDB that is started here, so that it can be killed, frozen and started again. */
export class ClusterNode {
  readonly n: number;
  readonly host: string;
  readonly disk: string;
  readonly #options: NodeOptions;
  #process: ChildProcess | null = null;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.n = options.n;
    this.disk = options.disk;
    this.host = hostOf(options.address);
    mkdirSync(join(options.disk, 'db'));
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Whether it has ended without a signal from here. */
  get hasGivenUp(): boolean {
    return this.#process !== null && !this.isRunning && this.#process.signalCode !== 'SIGKILL';
  }

  start(): void {
    const { inside, command } = this.#options;
    const [first = '', ...more] = [...inside, 'sh', '-c', `exec ${command}`];
    this.#process = spawn(first, more, { stdio: 'ignore', env: { ...bare(), ...settingsOf(this.#options) } });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.signal('SIGCONT');
    this.signal('SIGKILL');
    await ended;
  }
}

function hostOf(address: string): string {
  return `${address}:${PORT}`;
}

function bare(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME };
}

/** The same as in the comments of docker-compose.yml. */
function settingsOf({ address, others, disk, certificate, password }: NodeOptions): NodeJS.ProcessEnv {
  return {
    EVENTSTORE_CLUSTER_SIZE: String(others.length + 1),
    EVENTSTORE_DISCOVER_VIA_DNS: 'false',
    EVENTSTORE_GOSSIP_SEED: others.map(hostOf).join(),
    EVENTSTORE_NODE_IP: address,
    EVENTSTORE_REPLICATION_IP: address,
    EVENTSTORE_RUN_PROJECTIONS: 'None',
    EVENTSTORE_DB: join(disk, 'db'),
    EVENTSTORE_LOG: join(disk, 'log'),
    ...(certificate === null
      ? { EVENTSTORE_INSECURE: 'true' }
      : {
          EVENTSTORE_CERTIFICATE_FILE: certificate.certificate,
          EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE: certificate.key,
          EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH: certificate.authorities,
          EVENTSTORE_DEFAULT_ADMIN_PASSWORD: password,
        }),
  };
}
