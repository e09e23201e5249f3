import { type ChildProcess, spawn } from 'node:child_process';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';
import { endServer } from './ending.ts';
import { type OsUser, runAs } from './osUser.ts';

/** How long a start may say nothing; while it recovers, PostgreSQL tells every ten seconds how far it is. */
const SILENT_MS = 60_000;
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
  /** Ends it, by harder ways when it takes too long; `atOnce`: without a fast shutdown first. False: it is there still. */
  stop(how?: { readonly atOnce: boolean }): Promise<boolean>;
};

/** How the servers are ended that this process has started, those too that are starting still. */
const living = new Set<Postmaster['stop']>();

/** Ends every server of this process without a fast shutdown; the next start reads the WAL. */
export async function endAllAtOnce(): Promise<void> {
  await Promise.all([...living].map((stop) => stop({ atOnce: true })));
}

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
  const stop: Postmaster['stop'] = (how) => endServer({ send: (name) => child.kill(name), endsWithin }, how);
  const endsWithin = (ms: number) =>
    within<boolean>(
      ms,
      ended.then(() => true),
      () => false,
    );
  living.add(stop);
  void ended.then(() => living.delete(stop));
  const interrupt = () => void stop();
  signal?.addEventListener('abort', interrupt);
  if (signal?.aborted) interrupt();
  const silence = setTimeout(() => void stop({ atOnce: true }), SILENT_MS);
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
  if (reason === null) return { ended, stop };
  throw new CommslogError('DATABASE_UNAVAILABLE', `PostgreSQL did not start: ${reason.message}`, { cause: reason });
}

function begin({ postgres, user, cluster, port, settings }: PostmasterOptions): ChildProcess {
  const all = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=80',
    'log_line_prefix=%e ',
    ...settings,
  ];
  const { command, args, options } = runAs(user, postgres, [
    '-D',
    cluster,
    ...all.flatMap((setting) => ['-c', setting]),
  ]);
  // a process group of its own: Ctrl-C in a terminal must not take the database away before everything is written
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  // this process may end without having stopped it, and cannot wait any more: at once, also one that is frozen
  const leave = () => [child.kill('SIGQUIT'), child.kill('SIGCONT')];
  process.once('exit', leave);
  child.once('exit', () => process.off('exit', leave));
  return child;
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
