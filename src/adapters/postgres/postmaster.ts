import { type ChildProcess, spawn } from 'node:child_process';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';
import { type OsUser, runAs } from './osUser.ts';

/** How long a start may say nothing; while it recovers, PostgreSQL tells every ten seconds how far it is. */
const SILENT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** How long it is waited for what its children say when PostgreSQL has ended, and for their end. */
const LAST_WORDS_MS = 1_000;
const KEPT_BYTES = 4_000;

/** Why it ended, by what it said with its SQLSTATE; answers to a client (login, no such database, shutting down) are not why. */
const FATAL = /^(?!28|3D|53300|57)([0-9A-Z]{5}) (FATAL|PANIC): +(.*)$/gm;
/** Disk, memory, I/O: PostgreSQL may say these as an error only, and then end by one that says nothing (XX000). */
const OF_THE_SYSTEM = /^(53[12]00|58[0-9A-Z]{3}) (ERROR|FATAL|PANIC): +(.*)$/gm;

export type PostmasterOptions = {
  /** the program */
  readonly postgres: string;
  readonly user: OsUser;
  /** the folder of the data */
  readonly cluster: string;
  readonly port: number;
  /** further `name=value` server settings */
  readonly settings: readonly string[];
};

export type Postmaster = {
  /** Resolves with the reason when the server has ended, also when we have stopped it. `policyOf` and `nameOf` know it. */
  readonly ended: Promise<Error>;
  /** Fast shutdown; resolves when the server has ended. */
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL and resolves when it takes connections. `signal` stops the start.
 * Errors: `DATABASE_UNAVAILABLE`, with the reason as its cause.
 */
export async function startPostmaster(options: PostmasterOptions, signal?: AbortSignal): Promise<Postmaster> {
  const child = begin(options);
  let said = '';
  const ended = new Promise<Error>((resolve) => {
    const closed = new Promise((close) => child.once('close', close));
    child.once('error', resolve);
    child.once('exit', async () => {
      await within<unknown>(LAST_WORDS_MS, closed, () => undefined);
      resolve(reasonOf(child, said));
    });
  });
  const interrupt = () => child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt);
  if (signal?.aborted) interrupt();
  const silence = setTimeout(() => child.kill('SIGQUIT'), SILENT_MS);
  const ready = new Promise<null>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_BYTES);
      silence.refresh();
      if (said.includes('ready to accept connections')) resolve(null);
    });
  });
  const reason = await Promise.race([ready, ended]);
  clearTimeout(silence);
  signal?.removeEventListener('abort', interrupt);
  if (reason === null) return { ended, stop: () => stop(child, ended) };
  throw new CommslogError('DATABASE_UNAVAILABLE', `PostgreSQL did not start: ${reason.message}`, { cause: reason });
}

function begin({ postgres, user, cluster, port, settings }: PostmasterOptions): ChildProcess {
  const all = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=60',
    'log_line_prefix=%e ',
    ...settings,
  ];
  const { command, args, options } = runAs(user, postgres, [
    '-D',
    cluster,
    ...all.flatMap((setting) => ['-c', setting]),
  ]);
  // a process group of its own: Ctrl-C in a terminal must not take the database away before everything is written
  return spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function stop(child: ChildProcess, ended: Promise<Error>): Promise<void> {
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** What PostgreSQL said before it ended. */
class FatalError extends Error {
  readonly code: string;
  readonly severity: string;

  constructor(code: string, severity: string, message: string) {
    super(message);
    this.code = code;
    this.severity = severity;
  }
}

function reasonOf({ signalCode, exitCode }: ChildProcess, said: string): Error {
  if (signalCode !== null) return named(signalCode, `it was ended by ${signalCode}`);
  const why = [...said.matchAll(OF_THE_SYSTEM)].at(-1) ?? [...said.matchAll(FATAL)].at(-1);
  const [, code = '', severity = '', text = ''] = why ?? [];
  if (exitCode !== 0 && code !== '') return new FatalError(code, severity, text);
  const lastLine = said.trim().split('\n').at(-1);
  return named(`status ${exitCode}`, lastLine || `it ended with status ${exitCode}`);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
