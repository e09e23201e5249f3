import { type Served, startServe } from '../../support/program.ts';
import { Network } from '../network.ts';

export type ServerOptions = {
  readonly name: string;
  readonly folder: string;
  /** of PostgreSQL */
  readonly port: () => number;
  /** `port`: by which it reaches PostgreSQL */
  readonly settings: (port: number) => Readonly<Record<string, string>>;
  /** as after `--only`; none: everything */
  readonly only?: string;
};

/** A `serve` with a folder of its own, which reaches PostgreSQL by a network of its own. */
export class Server {
  readonly name: string;
  readonly toPostgres: Network;
  readonly #options: ServerOptions;
  #served: Served | null = null;
  #said = '';

  constructor(options: ServerOptions) {
    this.name = options.name;
    this.toPostgres = new Network(options.port);
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#served !== null;
  }

  /** Errors: it ends, or says nothing in time. */
  async start(): Promise<void> {
    const { only } = this.#options;
    if (!this.toPostgres.isUp) await this.toPostgres.up();
    this.#served = await startServe(this.settings(), only === undefined ? [] : ['--only', only]);
  }

  settings(): Readonly<Record<string, string>> {
    const { name, folder, settings } = this.#options;
    const own = { SERVER_NAME: name, DATA_DIR: folder, HTTP_PORT: '0' };
    return { ...settings(this.toPostgres.port), ...own };
  }

  /** Ends it by a signal; its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const served = this.#served;
    this.#served = null;
    const code = (await served?.stop(signal)) ?? null;
    this.#said += served?.stderr() ?? '';
    return code;
  }

  freeze(): void {
    this.#served?.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#served?.process.kill('SIGCONT');
  }

  /** All that it has said on standard error, in every life. */
  said(): string {
    return this.#said + (this.#served?.stderr() ?? '');
  }

  /** As nobody in particular, or with a token. */
  async ask(path: string, token?: string): Promise<Response> {
    const { url } = this.#served ?? {};
    if (url === undefined) throw new Error(`${this.name} does not run`);
    return fetch(`${url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  }

  async get(path: string, token: string): Promise<string> {
    return (await this.ask(path, token)).text();
  }

  async close(): Promise<void> {
    this.thaw();
    await this.end('SIGTERM');
    await this.toPostgres.down();
  }
}
