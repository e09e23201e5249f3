import type { Check, Checks } from '../ports/health.ts';
import { isLogTaking } from './assessPbx.ts';
import { projectionCheck } from './assessProjection.ts';
import { serversCheck } from './assessServers.ts';
import { knownPbxs } from './doer.ts';
import { MAX_CLOCK_SET_SECONDS, MAX_GAP_SECONDS, MAX_PACKING_TRIES, MIN_FREE_BYTES } from './limits.ts';
import type { Measures } from './measures.ts';
import { listenedTo, pbxCheck } from './whoListens.ts';
import { bytesInWords, secondsInWords } from './words.ts';

/**
 * How every part is, by what was measured. A PBX that is away is a warning: the log can still be read. So is what grows:
 * what waits in the journal, how far the call log is behind, a disk that fills.
 */
export function assess(measures: Measures): Checks {
  return {
    database: databaseCheck(measures),
    servers: serversCheck(measures),
    log: logCheck(measures),
    projection: projectionCheck(measures),
    ...diskCheck(measures),
    ...clockCheck(measures),
    ...refusedCheck(measures),
    ...gapsCheck(measures),
    ...packingCheck(measures),
    ...Object.fromEntries(knownPbxs(measures).map((pbx) => [`pbx ${pbx}`, pbxCheck(pbx, measures)])),
  };
}

function databaseCheck({ embedded, database }: Measures): Check {
  if (embedded !== null && embedded.trouble !== null) return { status: 'fail', detail: embedded.trouble };
  if (database.trouble === null) return { status: 'pass', detail: 'answers' };
  return { status: 'fail', detail: `does not answer (${database.trouble})` };
}

function logCheck(measures: Measures): Check {
  const { head } = measures;
  if (head.trouble !== null) {
    return { status: 'fail', detail: `does not answer (${head.trouble}); what the PBX says waits in the journal` };
  }
  const untaken = listenedTo(measures)
    .filter((state) => !isLogTaking(state))
    .map(({ pbx }) => pbx);
  if (untaken.length === 0) return { status: 'pass', detail: 'answers' };
  return { status: 'warn', detail: `answers, but does not take what these PBXs say: ${untaken.join(', ')}` };
}

/** Nothing is said while it cannot be told: not every system tells it. */
function diskCheck({ free }: Measures): Checks {
  if (free.last === null) return {};
  const { value } = free.last;
  const left = `${bytesInWords(value)} are free where DATA_DIR is`;
  if (value >= MIN_FREE_BYTES) return { disk: { status: 'pass', detail: left } };
  return { disk: { status: 'warn', detail: `${left}: make room before the journal and the database need it` } };
}

/** A clock that was wrong at the start and was set since, or a machine that slept. */
function clockCheck({ clockSetSeconds }: Measures): Checks {
  if (Math.abs(clockSetSeconds) < MAX_CLOCK_SET_SECONDS) return {};
  const way = clockSetSeconds > 0 ? 'forward' : 'back';
  const detail =
    `the clock of this machine was set ${way} by ${secondsInWords(Math.abs(clockSetSeconds))} since \`serve\` began, ` +
    'which goes on counting from then: its times are wrong by that until it is started again';
  return { clock: { status: 'warn', detail } };
}

/** Told of only where there are some. Readers are served all the same. */
function gapsCheck(measures: Measures): Checks {
  // one that is listened to no more is a gap for ever
  const known = knownPbxs(measures);
  const gaps = (measures.gaps.last?.value ?? []).filter(({ pbx }) => known.includes(pbx));
  const missed = gaps.filter(({ unfilledSeconds }) => unfilledSeconds >= MAX_GAP_SECONDS);
  const lost = gaps.filter(({ missingFacts }) => missingFacts > 0);
  if (missed.length + lost.length === 0) return {};
  const notHeard = missed.map(
    ({ pbx, unfilled, unfilledSeconds }) =>
      `${pbx} was not heard for ${secondsInWords(unfilledSeconds)} in ${unfilled === 1 ? 'a gap' : `${unfilled} gaps`}, not filled from its call records`,
  );
  const notThere = lost.map(
    ({ pbx, missingFacts }) =>
      `${missingFacts} ${missingFacts === 1 ? 'fact' : 'facts'} heard of ${pbx} ${missingFacts === 1 ? 'is' : 'are'} not in the log, though later ones are`,
  );
  return { gaps: { status: 'warn', detail: `in the last day ${[...notHeard, ...notThere].join('; ')}` } };
}

/** The log is read and written all the same; it takes more room. */
function packingCheck({ packingTries }: Measures): Checks {
  if (packingTries === null || packingTries.count < MAX_PACKING_TRIES) return {};
  const { count, lastError } = packingTries;
  const detail = `old events of the log are not packed: ${count} tries in a row have failed (${lastError})`;
  return { packing: { status: 'warn', detail } };
}

/** What the log has refused is no reason to send readers away. */
function refusedCheck({ refused }: Measures): Checks {
  const { kept, lost } = refused.last?.value ?? { kept: 0, lost: 0 };
  if (kept + lost === 0) return {};
  const how =
    `the log has refused ${kept}, which are kept: ` +
    '`commslog refused` says why, `commslog refused append` appends them again';
  const gone = lost === 0 ? '' : `; ${lost} more could not be kept and are lost`;
  return { 'refused facts': { status: 'warn', detail: `${how}${gone}` } };
}
