import type { Logger } from 'pino';
import { abortingWith } from '../../aborting.ts';
import { nameOf, type Policy, policyOf } from '../../errorPolicy.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import { lockFolder } from '../../folderLock.ts';
import { createBackoff, pause } from '../../retry.ts';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  madeFolder,
  type StartedCluster,
  startCluster,
} from './embedded.ts';
import type { Postmaster } from './postmaster.ts';
import { type SilenceTimings, untilSilent } from './silence.ts';

export type KeepTimings = SilenceTimings & {
  /** waits before a start: the first after an end, and the longest of those that follow */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** the same after a start that failed by what a person has to mend */
  readonly slowMinMs: number;
  readonly slowMaxMs: number;
  /** one that has run for so long begins with short waits again when it ends */
  readonly steadyMs: number;
};

const DEFAULT_TIMINGS: KeepTimings = {
  retryMinMs: 200,
  retryMaxMs: 10_000,
  slowMinMs: 2_000,
  slowMaxMs: 30_000,
  steadyMs: 60_000,
  askEveryMs: 5_000,
  answerMs: 10_000,
};

/** By itself it begins again without a pause and says nothing of it: on a full disk, many times a second for ever. */
const END_AFTER_CRASH = 'restart_after_crash=off';

/** How often in a row a start may fail by what no waiting cures: a mounted folder may come back, an upgrade may end. */
const MAX_INCURABLE_TRIES = 5;

/** `ended`: it is being started again. `failing`: the last try failed. `reason` is a name and holds nothing personal. */
export type EmbeddedState =
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'failing'; readonly reason: string; readonly policy: Policy | null };

export type KeptEmbedded = EmbeddedPostgres & {
  state(): EmbeddedState;
  /** how often it has been started again */
  restarts(): number;
  /**
   * Rejects when it is given up: `POSTGRES_DATA_GONE`, `POSTGRES_VERSION_DIFFERS`, `DATABASE_UNAVAILABLE` when it neither
   * answers nor ends. Never resolves.
   */
  readonly failed: Promise<never>;
};

export type KeepOptions = EmbeddedOptions & { readonly logger: Logger; readonly timings?: Partial<KeepTimings> };

/**
 * Starts the embedded PostgreSQL (see `startCluster`) and starts it again whenever it ends, on the same port, so that
 * every connection comes back by itself. One that does not answer any more is ended first. Other processes start none on
 * the data meanwhile.
 * Errors: those of `startCluster`.
 */
export async function keepEmbeddedPostgres(
  dataDir: string,
  { logger, timings, ...options }: KeepOptions,
): Promise<KeptEmbedded> {
  const folder = madeFolder(dataDir);
  const lock = await lockFolder(folder, 'Another `commslog serve` uses this DATA_DIR: stop it first.');
  try {
    const settings = [END_AFTER_CRASH, ...(options.settings ?? [])];
    const cluster = await startCluster(folder, { ...options, settings });
    const keeper = new Keeper(cluster, logger, { ...DEFAULT_TIMINGS, ...timings });
    return {
      url: cluster.url,
      state: () => keeper.state,
      restarts: () => keeper.restarts,
      failed: keeper.failed,
      async stop() {
        await keeper.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class Keeper {
  state: EmbeddedState = { state: 'running' };
  restarts = 0;
  readonly failed: Promise<never>;
  readonly #cluster: StartedCluster;
  readonly #logger: Logger;
  readonly #timings: KeepTimings;
  readonly #stopping = new AbortController();
  readonly #kept: Promise<void>;
  #postmaster: Postmaster;

  constructor(cluster: StartedCluster, logger: Logger, timings: KeepTimings) {
    this.#cluster = cluster;
    this.#logger = logger;
    this.#timings = timings;
    this.#postmaster = cluster.postmaster;
    const kept = this.#keep();
    this.failed = kept.then(() => new Promise<never>(() => {}));
    this.#kept = kept.catch(() => undefined);
    // whoever waits is told; nobody has to
    this.failed.catch(() => undefined);
  }

  async stop(): Promise<void> {
    // first: the end that follows is no crash
    this.#stopping.abort();
    // one that cannot be ended is left to the next start
    if (await this.#postmaster.stop()) await this.#kept;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    const { retryMinMs, retryMaxMs, steadyMs } = this.#timings;
    const waits = createBackoff({ minMs: retryMinMs, maxMs: retryMaxMs });
    while (!signal.aborted) {
      const startedAt = performance.now();
      const reason = await this.#untilEnded();
      if (signal.aborted) return;
      if (performance.now() - startedAt >= steadyMs) waits.reset();
      this.#enter({ state: 'ended', reason: nameOf(reason) });
      await pause(waits.next(), signal);
      const postmaster = await this.#startAgain();
      if (postmaster === null) return;
      this.#postmaster = postmaster;
      this.restarts += 1;
      this.#enter({ state: 'running' });
    }
    await this.#postmaster.stop();
  }

  /** Why it has ended. When it does not answer any more, it is ended here. */
  async #untilEnded(): Promise<Error> {
    const { ended, stop } = this.#postmaster;
    const watching = abortingWith(this.#stopping.signal);
    const silent = untilSilent(this.#cluster.url, this.#timings, watching.signal);
    const reason = await Promise.race([ended, silent.then((why) => ({ why }))]);
    watching.abort();
    if (reason instanceof Error) return reason;
    this.#logger.error('the embedded PostgreSQL does not answer any more: it is being ended');
    if (await stop({ atOnce: true })) return reason.why;
    const says = 'The embedded PostgreSQL neither answers nor ends. Look at the disk of DATA_DIR.';
    throw new CommslogError('DATABASE_UNAVAILABLE', says);
  }

  /** Null: it was stopped first. */
  async #startAgain(): Promise<Postmaster | null> {
    const { signal } = this.#stopping;
    const { retryMinMs, retryMaxMs, slowMinMs, slowMaxMs } = this.#timings;
    const waits = createBackoff({ minMs: retryMinMs, maxMs: retryMaxMs });
    const slowWaits = createBackoff({ minMs: slowMinMs, maxMs: slowMaxMs });
    for (let incurable = 0; !signal.aborted; ) {
      try {
        return await this.#cluster.startAgain(signal);
      } catch (error) {
        if (signal.aborted) break;
        const reason = error instanceof CommslogError && error.cause instanceof Error ? error.cause : error;
        const policy = policyOf(reason);
        this.#enter({ state: 'failing', reason: nameOf(reason), policy });
        incurable = hasCode(error, 'POSTGRES_DATA_GONE', 'POSTGRES_VERSION_DIFFERS') ? incurable + 1 : 0;
        if (incurable >= MAX_INCURABLE_TRIES) throw error;
        await pause((policy === 'person' ? slowWaits : waits).next(), signal);
      }
    }
    return null;
  }

  /** One line for each change. */
  #enter(next: EmbeddedState): void {
    const { state } = this;
    if (next.state !== 'running' && state.state === next.state && state.reason === next.reason) return;
    this.state = next;
    if (next.state === 'running') this.#logger.info({ restarts: this.restarts }, 'the embedded PostgreSQL runs again');
    else this.#logger.warn({ reason: next.reason }, `${shownEmbedded(next)}; what the PBX says waits in the journal`);
  }
}

/** How it is, in words, when it does not run. */
export function shownEmbedded(state: Exclude<EmbeddedState, { state: 'running' }>): string {
  if (state.state === 'ended') return `the embedded PostgreSQL was ended (${state.reason}) and is being started again`;
  const next = state.policy === 'person' ? 'somebody has to act, meanwhile it is tried slowly' : 'it is tried again';
  return `the embedded PostgreSQL was ended and cannot be started again (${state.reason}): ${next}`;
}
