import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Built: from its source it starts three times as slowly. The test runner sees that it is up to date. */
export const PROGRAM = `${root}bin/commslog`;
const START_DEADLINE_MS = 60_000;

/** Nothing of this machine's own settings reaches the program under test. */
function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...settings };
}

export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };

/** Runs a command of the program to its end. */
export function command(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...args],
      { env: environment(settings), cwd: root },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ status, stdout, stderr });
      },
    );
  });
}

export type Serving = {
  readonly process: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** resolves with the exit code when the process has ended */
  readonly ended: Promise<number | null>;
  /** Sends the signal; resolves with the exit code when the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

export type Served = Serving & {
  readonly url: string;
  /** the sign-in link that was printed, if one was */
  readonly link: string | null;
};

/** Starts `serve` as a process of its own and waits for nothing. */
export function beginServe(settings: Readonly<Record<string, string>>, options: readonly string[] = []): Serving {
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...options], { env: environment(settings), cwd: root });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    process: child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts `serve` as a process of its own and waits for its banner. */
export async function startServe(
  settings: Readonly<Record<string, string>>,
  options?: readonly string[],
): Promise<Served> {
  const serving = beginServe(settings, options);
  const { process: child, stdout, stderr } = serving;
  const said = () => stdout().includes('Ctrl-C') || child.exitCode !== null;
  await eventually('the banner of serve', said, START_DEADLINE_MS);
  if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${stderr()}`);
  return {
    ...serving,
    url: /web app +(\S+)/.exec(stdout())?.[1] ?? '',
    link: /sign in +(http\S+)/.exec(stdout())?.[1] ?? null,
  };
}
