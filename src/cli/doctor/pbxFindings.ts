import { type ProbeReport, probe } from '../../adapters/ami/index.ts';
import type { PbxConfig } from '../../config.ts';
import { systemClock } from '../../ports/clock.ts';
import { connectionOf } from '../serving/listening.ts';
import { codeOf, type Finding, failure } from './finding.ts';

/** Beyond this the order of events of two PBXs, and the age of a call, look wrong to people. */
const MAX_CLOCK_DIFFERENCE_MS = 2_000;

/** What a login to this PBX and some seconds of listening show. */
export async function pbxFindings(pbx: PbxConfig): Promise<Finding[]> {
  try {
    const signal = new AbortController().signal;
    return [...reportFindings(pbx, await probe({ ...connectionOf(pbx), clock: systemClock }, signal))];
  } catch (error) {
    return [failure(`PBX ${pbx.id}`, error, PBX_ADVICE[codeOf(error)] ?? 'check AMI_HOST, AMI_PORT and the firewall')];
  }
}

const PBX_ADVICE: Readonly<Record<string, string>> = {
  AMI_LOGIN_REFUSED: 'check user name and secret, and that `permit` of the manager user allows this address',
  AMI_TLS: 'check AMI_TLS, AMI_PORT (5039 is usual), AMI_TLS_CA_FILE, and that the certificate names this host',
  AMI_NOT_ASTERISK: 'AMI_PORT is not the manager port (5038 without TLS)',
  AMI_NO_BANNER: 'the port answers but says nothing: is it the TLS port? Then set AMI_TLS=on',
};

function* reportFindings(pbx: PbxConfig, report: ProbeReport): Generator<Finding> {
  const name = `PBX ${pbx.id}`;
  yield {
    level: 'ok',
    what: `${name}: logged in (AMI ${report.amiVersion}, ${report.login}${report.tls ? ', TLS' : ''})`,
  };
  if (!report.tls && !/^(127\.|localhost$|10\.|192\.168\.|::1$)/.test(pbx.host)) {
    yield {
      level: 'warn',
      what: `${name}: the connection is not encrypted`,
      advice: 'use TLS: AMI_TLS=on, tlsenable=yes',
    };
  }
  const offset = report.clockOffsetMs;
  if (offset === null) yield { level: 'warn', what: `${name}: did not tell its clock` };
  else if (Math.abs(offset) <= MAX_CLOCK_DIFFERENCE_MS) yield { level: 'ok', what: `${name}: its clock agrees` };
  else {
    yield {
      level: 'warn',
      what: `${name}: its clock differs by ${(offset / 1000).toFixed(1)} s`,
      advice: 'let both machines use NTP',
    };
  }
  if (report.classes.length === 0) {
    yield {
      level: 'warn',
      what: `${name}: no event came while it was watched, so its permissions cannot be seen`,
      advice: 'make a test call meanwhile; the manager user needs `read = call,cdr`',
    };
    return;
  }
  for (const [needed, why] of [
    ['call', 'without it there is no call at all'],
    [
      'cdr',
      'no call ended meanwhile, or it is missing: then set `read = call,cdr` and `enabled = yes` in cdr_manager.conf',
    ],
  ] as const) {
    if (report.classes.includes(needed)) yield { level: 'ok', what: `${name}: events of class ${needed} come` };
    else
      yield {
        level: needed === 'call' ? 'fail' : 'warn',
        what: `${name}: no event of class ${needed} came`,
        advice: why,
      };
  }
  yield report.timestamps === true
    ? { level: 'ok', what: `${name}: events carry their time` }
    : {
        level: 'warn',
        what: `${name}: events carry no time, so the time of receipt is taken`,
        advice: 'set `timestampevents = yes` in the [general] section of manager.conf',
      };
}
