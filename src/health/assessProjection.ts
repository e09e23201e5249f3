import type { Check } from '../ports/health.ts';
import { leaseOnVersion } from '../ports/lease.ts';
import { type Doer, doerOf, silenceOf } from './doer.ts';
import { MAX_FOLDING_SECONDS, MAX_LAG_SECONDS } from './limits.ts';
import type { Measures } from './measures.ts';
import { secondsInWords } from './words.ts';

/** Whether the rows that readers see follow the log, and if not, how far they are behind and why. */
export function projectionCheck(measures: Measures): Check {
  const { readModel, waiting, lag } = measures;
  if (readModel.last === null || readModel.trouble !== null) {
    return { status: 'fail', detail: 'there is no read model to serve yet, or its database does not answer' };
  }
  const { version, parked } = readModel.last.value;
  const stuck = waiting.last?.value.stuck.find((one) => one.version === version);
  if (stuck) return { status: 'fail', detail: `version ${version} does not go on: ${stuck.error}` };
  const doer = doerOf(leaseOnVersion(version), measures);
  // one that was just made is nobody's yet
  if (doer.kind === 'nobody' && doer.hadOne) return { status: 'fail', detail: `no server projects version ${version}` };
  const silence = doer.kind === 'other' ? silenceOf(doer, `projects version ${version}`) : null;
  if (silence !== null) return silence;
  if (parked > 0) return { status: 'warn', detail: `${parked} events could not be projected` };
  const failed = failedTriesOf(version, doer, measures);
  const why = failed ? `: ${failed.count} tries in a row have failed (${failed.lastError})` : '';
  const by = doer.kind === 'other' ? `, projected by ${doer.name},` : '';
  if (lag !== null && lag.seconds >= MAX_LAG_SECONDS) {
    return { status: 'warn', detail: `version ${version}${by} is ${secondsInWords(lag.seconds)} behind the log${why}` };
  }
  const { folding = 0, foldingSeconds = 0 } = waiting.last?.value ?? {};
  if (foldingSeconds >= MAX_FOLDING_SECONDS) {
    const behind = `${folding} calls are behind the log, one for ${secondsInWords(foldingSeconds)}`;
    return { status: 'warn', detail: `of version ${version}${by} ${behind}${why}` };
  }
  return { status: 'pass', detail: `version ${version}${by} follows the log` };
}

function failedTriesOf(version: number, doer: Doer, { failedTries }: Measures) {
  if (doer.kind !== 'other') return failedTries.get(version);
  return doer.server?.report?.failedTries.find((one) => one.version === version);
}
