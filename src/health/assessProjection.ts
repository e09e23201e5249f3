import type { Check } from '../ports/health.ts';
import { MAX_LAG_SECONDS } from './limits.ts';
import type { Measures } from './measures.ts';
import { secondsInWords } from './words.ts';

/** Whether the rows that readers see follow the log, and if not, how far they are behind and why. */
export function projectionCheck({ readModel, waiting, lag, failedTries }: Measures): Check {
  if (readModel.last === null || readModel.trouble !== null) {
    return { status: 'fail', detail: 'there is no read model to serve yet, or its database does not answer' };
  }
  const { version, parked } = readModel.last.value;
  const stuck = waiting.last?.value.stuck.find((one) => one.version === version);
  if (stuck) return { status: 'fail', detail: `version ${version} does not go on: ${stuck.error}` };
  if (parked > 0) return { status: 'warn', detail: `${parked} events could not be projected` };
  const failed = failedTries.get(version);
  const why = failed ? `: ${failed.count} tries in a row have failed (${failed.lastError})` : '';
  if (lag !== null && lag.seconds >= MAX_LAG_SECONDS) {
    return { status: 'warn', detail: `version ${version} is ${secondsInWords(lag.seconds)} behind the log${why}` };
  }
  return { status: 'pass', detail: `version ${version} follows the log` };
}
