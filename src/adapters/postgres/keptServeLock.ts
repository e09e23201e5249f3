import type pg from 'pg';
import type { Logger } from 'pino';
import { within } from '../../deadline.ts';
import { nameOf, policyOf } from '../../errorPolicy.ts';
import type { WriteRight } from '../../ports/writeRight.ts';
import { toDatabaseError } from '../../postgres.ts';
import { createBackoff, pause } from '../../retry.ts';
import { inUse, type LockSession, tryServeLock } from './serveLock.ts';

export type ServeLockTimings = {
  /** that the connection has ended is noticed at once; that PostgreSQL is silent within this and 5 s */
  readonly checkMs: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
};

/** How long the end of a connection is waited for. */
const END_MS = 1_000;

const DEFAULT_TIMINGS: ServeLockTimings = { checkMs: 5_000, retryMinMs: 200, retryMaxMs: 5_000 };

type State = ReturnType<WriteRight['state']>;

export type ServeLock = WriteRight & {
  /** Resolves when it is held for the first time. Rejects with `DATA_DIR_IN_USE`, or when the database refuses us. */
  readonly acquired: Promise<void>;
  /** As `acquired`, but resolves also when PostgreSQL is away. */
  readonly asked: Promise<void>;
  release(): Promise<void>;
};

/**
 * Holds the lock that keeps a second `serve` off a database. When its connection is lost, another may take it: nothing may
 * then be stored that the other would store too, until it is taken again, which is tried for as long as this lives.
 */
export function keepServeLock(
  url: string,
  { logger, timings }: { readonly logger: Logger; readonly timings?: Partial<ServeLockTimings> },
): ServeLock {
  const { checkMs, retryMinMs, retryMaxMs } = { ...DEFAULT_TIMINGS, ...timings };
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  let state: State = 'lost';
  let former: LockSession | null = null;
  let wasHeld = false;
  let saidAway = false;

  const enter = (next: State) => {
    if (next === state) return;
    state = next;
    if (!closing.signal.aborted) logger[next === 'held' ? 'info' : 'warn'](WORDS[next]);
    for (const listener of [...listeners]) listener();
  };

  /** False: another has it. True: it was held, and is lost again. */
  const holdOnce = async (onHeld: () => void): Promise<boolean> => {
    const lost = new AbortController();
    let holds = false;
    const lose = () => {
      // at once: what is appended from now on might stand beside what another appends
      if (holds && !lost.signal.aborted) enter('lost');
      lost.abort();
    };
    const onSession = (session: LockSession) => {
      former = session;
    };
    const client = await tryServeLock(url, former, { onSession, onEnd: lose });
    if (client === null) return false;
    wasHeld = true;
    saidAway = false;
    if (!lost.signal.aborted) {
      holds = true;
      enter('held');
      onHeld();
    }
    await untilLost(client, AbortSignal.any([lost.signal, closing.signal]), lose);
    return true;
  };

  const untilLost = async (client: pg.Client, ended: AbortSignal, lose: () => void) => {
    while (!ended.aborted) {
      await pause(checkMs, ended);
      if (!ended.aborted) await client.query('select').catch(lose);
    }
    // one that has gone silent would never be told
    await within(
      END_MS,
      client.end().catch(() => undefined),
      () => undefined,
    );
  };

  let kept = Promise.resolve();
  let tellAway = () => {};
  const away = new Promise<void>((resolve) => {
    tellAway = resolve;
  });
  const acquired = new Promise<void>((resolve, reject) => {
    const keep = async () => {
      const waits = createBackoff({ minMs: retryMinMs, maxMs: retryMaxMs });
      while (!closing.signal.aborted) {
        try {
          if (await holdOnce(resolve)) waits.reset();
          else if (!wasHeld) return reject(inUse());
          else enter('taken');
        } catch (error) {
          if (!wasHeld && policyOf(error) !== 'later') return reject(toDatabaseError(error));
          enter('lost');
          if (!saidAway) logger.warn({ error: nameOf(error) }, 'PostgreSQL cannot be asked for the lock, trying again');
          saidAway = true;
          tellAway();
        }
        await pause(waits.next(), closing.signal);
      }
    };
    kept = keep();
  });
  const asked = Promise.race([acquired, away]);
  // whoever waits is told; nobody has to
  for (const promise of [acquired, asked]) promise.catch(() => undefined);

  return {
    acquired,
    asked,
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async release() {
      closing.abort();
      await kept;
    },
  };
}

const WORDS: Readonly<Record<State, string>> = {
  held: 'the lock that keeps a second `serve` away is held',
  lost: 'the lock that keeps a second `serve` away is lost: what the PBX says waits in the journal until it is held again',
  taken: 'another `serve` has taken the lock: what the PBX says waits in the journal until it is free',
};
