import { type CallsSeen, type ProbeReport, writeClassesOf } from '../../adapters/ami/index.ts';
import { ADVICE, WRITE_CLASS } from '../../health/index.ts';
import type { Finding } from './finding.ts';

/** What the account of a PBX may read and call, as far as it shows. */
export function* accountFindings(name: string, report: ProbeReport): Generator<Finding> {
  yield* readFindings(name, report);
  yield* writeFindings(name, report);
}

const CANNOT_TELL = 'make a test call while `commslog doctor --listen 60` runs';

/** AMI shows no read rights: events prove them, and calls that begin or end without an event that they are missing. */
function* readFindings(name: string, { classes, calls }: ProbeReport): Generator<Finding> {
  if (classes.includes('call')) yield { level: 'ok', what: `${name}: events of class call come` };
  else if (classes.includes('cdr') || calls?.haveChanged) {
    yield {
      level: 'fail',
      what: `${name}: ${calledFor(classes)}, and no event of class call came`,
      advice: ADVICE.read,
    };
  } else {
    const what = `${name}: ${quietBecause(calls)}, so whether the account may read them cannot be seen`;
    yield { level: 'unsure', what, advice: CANNOT_TELL };
  }
  if (classes.includes('cdr')) yield { level: 'ok', what: `${name}: events of class cdr come` };
  else if (classes.includes('call') || calls?.haveChanged) {
    const what = `${name}: no event of class cdr came; it comes when a call ends`;
    yield { level: 'warn', what, advice: `if a call has ended meanwhile: ${ADVICE.records}` };
  }
}

function calledFor(classes: readonly string[]): string {
  return classes.includes('cdr') ? 'calls ended' : 'calls began or ended';
}

function quietBecause(calls: CallsSeen | null): string {
  if (calls === null) return 'no call came while it was watched';
  return calls.wereUp ? 'the calls that are up went on unchanged' : 'no call was up while it was watched';
}

function* writeFindings(name: string, { commands }: ProbeReport): Generator<Finding> {
  if (commands.length === 0) {
    yield { level: 'warn', what: `${name}: it does not say what the account may ask for` };
    return;
  }
  const may = new Set(commands.map(({ action }) => action));
  const brings = 'after a gap open calls come in with number and DID, and a restart of the PBX is proved';
  if (may.has('Status') && may.has('CoreStatus')) {
    yield { level: 'ok', what: `${name}: the account may ask which calls are open: ${brings}` };
  } else {
    const shown = may.has('BridgeList') ? 'only which calls are talking, not which are open' : 'nothing of its calls';
    yield { level: 'warn', what: `${name}: the account may ask ${shown}`, advice: `${ADVICE.list}; ${brings}` };
  }
  const surplus = writeClassesOf(commands).filter((one) => one !== WRITE_CLASS);
  if (surplus.length > 0) {
    const what = `${name}: the account may do more than is needed (write = ${surplus.join(',')})`;
    yield { level: 'warn', what, advice: ADVICE.list };
  }
}
