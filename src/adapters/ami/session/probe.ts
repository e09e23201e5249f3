import { fieldOf } from '../../../ports/pbxSource.ts';
import type { LoginMethod } from './login.ts';
import { openSession, type SessionOptions } from './session.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';

export type ProbeOptions = Omit<SessionOptions, 'timings'> & {
  readonly timings?: Partial<Timings>;
  /** how long to listen for events, in milliseconds */
  readonly listenMs?: number;
};

/** What one look at a PBX shows. */
export type ProbeReport = {
  readonly amiVersion: string;
  readonly login: LoginMethod;
  readonly tls: boolean;
  /** clock of the PBX minus ours; null when it did not tell it */
  readonly clockOffsetMs: number | null;
  /** classes (`call`, `cdr` …) of the events that came: the account may read these, and perhaps others */
  readonly classes: readonly string[];
  /** whether events carry a `Timestamp` (`timestampevents`); null when none came */
  readonly timestamps: boolean | null;
};

const LISTEN_MS = 5_000;

/**
 * Connects, logs in, listens for a while and leaves again. AMI tells nobody which classes an account may read: only
 * the events that come show it. Errors: those of `openSession`, also when the connection is lost meanwhile.
 */
export async function probe(options: ProbeOptions, signal: AbortSignal): Promise<ProbeReport> {
  const { amiVersion, login, clockOffsetMs, conversation, close } = await openSession(
    { ...options, timings: { ...DEFAULT_TIMINGS, ...options.timings } },
    signal,
  );
  const classes = new Set<string>();
  let timestamps: boolean | null = null;
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    close();
  }, options.listenMs ?? LISTEN_MS);
  for (let read = await conversation.next(); read !== null; read = await conversation.next()) {
    for (const { fields } of read.frames) {
      timestamps = fieldOf(fields, 'Timestamp') !== null;
      for (const name of (fieldOf(fields, 'Privilege') ?? '').split(',')) if (name !== '') classes.add(name);
    }
  }
  clearTimeout(timer);
  const reason = conversation.lost();
  if (!isOver && reason !== null) throw reason;
  return {
    amiVersion,
    login,
    tls: options.tls !== undefined,
    clockOffsetMs,
    classes: [...classes].filter((name) => name !== 'all'),
    timestamps,
  };
}
