import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const START_DEADLINE_MS = 120_000;
/** Where the documents say that the program is; a test takes a port that is free. */
const DOCUMENTED_URL = 'http://127.0.0.1:8080';
/** What the shell of a person has kept of the commands before. */
const KEPT = '.shell-variables';

/** Somebody in a folder that is as a checkout after `npm ci`, with `commslog` on the PATH as after an installation. */
export class Newcomer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'commslog-newcomer-'));
  readonly #env = { PATH: `${this.#folder}/bin:${process.env.PATH}`, HOME: process.env.HOME, HTTP_PORT: '0' };
  #serve: ChildProcess | null = null;
  #said = '';

  constructor() {
    // PostgreSQL may have to run as somebody else
    chmodSync(this.#folder, 0o711);
    for (const path of ['package.json', 'bin']) cpSync(join(root, path), join(this.#folder, path), { recursive: true });
    for (const path of ['node_modules', 'demo']) symlinkSync(join(root, path), join(this.#folder, path));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const out = join(this.#folder, 'dist');
    execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', out]);
  }

  /** Types a command and waits for its end; gives what it printed. Throws when it failed. */
  type(command: string): Promise<string> {
    const script = [
      'set -e',
      `if [ -f ${KEPT} ]; then . ./${KEPT}; fi`,
      // an answer that is an error is a failure here
      'curl() { command curl --silent --show-error --fail-with-body "$@"; }',
      'set -a',
      command.replaceAll(DOCUMENTED_URL, this.url),
      `export -p > ${KEPT}`,
    ].join('\n');
    return new Promise((resolve, reject) => {
      execFile('sh', ['-c', script], { cwd: this.#folder, env: this.#env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`\`${command}\` ended with ${error.code}: ${stdout}${stderr}`));
      });
    });
  }

  /** Types a command that goes on, and waits until it says that the program is running. */
  async start(command: string): Promise<void> {
    const serve = spawn('sh', ['-c', command], { cwd: this.#folder, env: this.#env, detached: true });
    this.#serve = serve;
    const hear = (text: string) => {
      this.#said += text;
    };
    serve.stdout.setEncoding('utf8').on('data', hear);
    serve.stderr.setEncoding('utf8').on('data', hear);
    const isRunning = () => this.#said.includes('Ctrl-C') || serve.exitCode !== null;
    await eventually(`what \`${command}\` says`, isRunning, START_DEADLINE_MS);
    if (serve.exitCode !== null) throw new Error(`\`${command}\` ended with ${serve.exitCode}: ${this.#said}`);
  }

  get url(): string {
    return /web app +(\S+)/.exec(this.#said)?.[1] ?? DOCUMENTED_URL;
  }

  /** The cookie that the printed link gives. */
  async signIn(): Promise<string> {
    const link = /sign in +\S+#link=(\S+)/.exec(this.#said)?.[1];
    const answer = await fetch(`${this.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ link }),
    });
    if (answer.status !== 204) throw new Error(`signing in was answered with ${answer.status}`);
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  /** Changes a file as an editor does. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.#folder, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  }

  /** Presses Ctrl-C, which reaches all that the command has started, and leaves nothing behind. */
  async leave(): Promise<void> {
    const serve = this.#serve;
    if (serve?.pid !== undefined && serve.exitCode === null) {
      const ended = new Promise((resolve) => serve.once('exit', resolve));
      process.kill(-serve.pid, 'SIGINT');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
