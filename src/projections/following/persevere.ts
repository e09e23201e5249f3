import type { Logger } from 'pino';
import { MAX_UNLISTED_TRIES, nameOf, policyOf } from '../../errorPolicy.ts';
import { CommslogError, hasCode } from '../../errors.ts';
import { createBackoff, pause } from '../../retry.ts';

const RETRIES = { minMs: 100, maxMs: 30_000 };
/** How often is looked whether somebody has mended what needs a person. */
const LOOK_AGAIN_MS = 30_000;

/** Tries in a row that failed, and the name of what the last one failed by. */
export type FailedTries = { readonly count: number; readonly lastError: string };

export type Persevering = {
  readonly version: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** is told what keeps the version from going on, with its code; null: nothing any more */
  readonly tellObstacle: (obstacle: string | null) => Promise<void>;
  /** is told at once of each try that fails, and null when something goes through again */
  readonly onTries?: (version: number, failed: FailedTries | null) => void;
  /** also what passes by itself is told once it has failed so often; default: never */
  readonly patience?: number;
  /** default: half a minute */
  readonly lookAgainMs?: number;
};

/**
 * Does `work` until it ends by itself or `signal` aborts. What it fails by decides when it is done again: soon for what
 * passes by itself; slowly for what needs a person, or what nobody knows and comes again and again, and then this is told.
 * `work` says whenever something has gone through. Rejects only with `LOG_IS_ANOTHER` and `LOG_TOO_SHORT`: looking again
 * would find that log grown beyond the checkpoint, and mix two histories.
 */
export async function persevere(work: (went: () => Promise<void>) => Promise<void>, how: Persevering): Promise<void> {
  const { version, logger, signal, onTries = () => {}, lookAgainMs = LOOK_AGAIN_MS } = how;
  const { patience = Number.POSITIVE_INFINITY } = how;
  const waits = createBackoff(RETRIES);
  // what was told before this process began is not known
  let told: string | null | undefined;
  let failures = 0;
  let logged: string | null = null;
  const tell = async (obstacle: string | null) => {
    if (obstacle === told) return;
    await how.tellObstacle(obstacle);
    told = obstacle;
  };
  const went = async () => {
    if (failures > 0) onTries(version, null);
    logged = null;
    failures = 0;
    waits.reset();
    await tell(null);
  };
  while (!signal.aborted) {
    try {
      await work(went);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (isAboutAnotherLog(error)) throw error;
      failures += 1;
      onTries(version, { count: failures, lastError: nameOf(error) });
      const policy = policyOf(error);
      const about = { version, error: nameOf(error) };
      if (policy === 'person' || (policy !== 'later' && failures >= MAX_UNLISTED_TRIES)) {
        logger.error(about, `the read model cannot go on: ${textOf(error)}`);
        // where it is told may be what is away; the program's log has it
        await tell(toldOf(error, failures)).catch(() => undefined);
      } else {
        if (about.error !== logged) logger.warn(about, 'projecting failed, trying again');
        if (failures >= patience) await tell(toldOf(error, failures)).catch(() => undefined);
      }
      logged = about.error;
      await pause(policy === 'person' ? lookAgainMs : waits.next(), signal);
    }
  }
}

/** The log is not the one that the version was built from, or not any more. */
function isAboutAnotherLog(error: unknown): error is CommslogError {
  return hasCode(error, 'LOG_IS_ANOTHER', 'LOG_TOO_SHORT');
}

function toldOf(error: unknown, tries: number): string {
  return tries === 1 ? textOf(error) : `${textOf(error)}, after ${tries} tries`;
}

/** What may be told of an error: the text of one that is not ours may quote a row. */
export function textOf(error: unknown): string {
  return error instanceof CommslogError ? `${error.message} [${error.code}]` : nameOf(error);
}
