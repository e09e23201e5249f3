import { askedOf, type ProbeReport, probe, speaksTls } from '../../adapters/ami/index.ts';
import type { PbxConfig } from '../../config.ts';
import { hasCode } from '../../errors.ts';
import { ADVICE } from '../../health/index.ts';
import { systemClock } from '../../ports/clock.ts';
import { connectionOf } from '../serving/listening.ts';
import { accountFindings } from './accountFindings.ts';
import { codeOf, type Finding, failure } from './finding.ts';

/** Beyond this the order of events of two PBXs, and the age of a call, look wrong to people. */
const MAX_CLOCK_DIFFERENCE_MS = 2_000;
/** Asterisk greets at once; a TLS port waits to be greeted. */
const ANSWER_MS = 3_000;

type Look = {
  readonly listenMs: number;
  /** what the account of the `serve` that runs may ask for; absent: none runs, or it does not know yet */
  readonly served?: readonly string[] | undefined;
};

/** What a login to this PBX and some seconds of listening show. */
export async function pbxFindings(pbx: PbxConfig, { listenMs, served }: Look): Promise<Finding[]> {
  const connection = connectionOf(pbx);
  try {
    const signal = new AbortController().signal;
    const options = { ...connection, clock: systemClock, listenMs, timings: { answerMs: ANSWER_MS } };
    const report = await probe(options, signal);
    return [...reportFindings(pbx, report), ...olderRights(pbx, report, served)];
  } catch (error) {
    const isTls = pbx.tls === null && hasCode(error, 'AMI_NO_BANNER') && (await speaksTls(connection, ANSWER_MS));
    const advice = isTls ? TLS_PORT : (PBX_ADVICE[codeOf(error)] ?? 'check AMI_HOST, AMI_PORT and the firewall');
    return [failure(`PBX ${pbx.id}`, error, advice)];
  }
}

const TLS_PORT = 'this is a TLS port: set AMI_TLS=on';

const PBX_ADVICE: Readonly<Record<string, string>> = {
  AMI_LOGIN_REFUSED: 'check user name and secret, and that `permit` of the manager user allows this address',
  AMI_TLS: 'check AMI_TLS, AMI_PORT (5039 is usual), AMI_TLS_CA_FILE, and that the certificate names this host',
  AMI_NOT_ASTERISK: 'AMI_PORT is not the manager port (5038 without TLS)',
  AMI_TOO_OLD: 'upgrade the PBX: FreePBX 14 and newer come with an Asterisk that is new enough',
  AMI_NO_BANNER: 'the port answers but says nothing: is it the manager port?',
};

function* reportFindings(pbx: PbxConfig, report: ProbeReport): Generator<Finding> {
  const name = `PBX ${pbx.id}`;
  yield {
    level: 'ok',
    what: `${name}: logged in (AMI ${report.amiVersion}, ${report.login}${report.tls ? ', TLS' : ''})`,
  };
  if (!report.tls && !/^(127\.|localhost$|10\.|192\.168\.|::1$)/.test(pbx.host)) {
    yield { level: 'warn', what: `${name}: the connection is not encrypted`, advice: ADVICE.tls };
  }
  yield clockFinding(name, report.clockOffsetMs);
  yield* accountFindings(name, report);
  if (report.timestamps === false) {
    const what = `${name}: events carry no time, so the time of receipt is taken, which is wrong when they come late`;
    yield { level: 'warn', what, advice: ADVICE.timestamps };
  } else if (report.timestamps) yield { level: 'ok', what: `${name}: events carry their time` };
  yield { level: 'ok', what: `${name}: AMI does not show its write timeout`, advice: ADVICE.writeTimeout };
}

/** Rights are settled at a login, and this one is newer than that of the `serve` that runs. */
function* olderRights({ id }: PbxConfig, { commands }: ProbeReport, served: Look['served']): Generator<Finding> {
  const newer = askedOf(commands).filter((one) => served !== undefined && !served.includes(one));
  if (newer.length === 0) return;
  const what = `PBX ${id}: the \`serve\` that runs has logged in when its account could not ask for ${newer.join(', ')}`;
  yield { level: 'warn', what, advice: ADVICE.newRights };
}

function clockFinding(name: string, offset: number | null): Finding {
  if (offset === null) return { level: 'warn', what: `${name}: did not tell its clock` };
  if (Math.abs(offset) <= MAX_CLOCK_DIFFERENCE_MS) return { level: 'ok', what: `${name}: its clock agrees` };
  const what = `${name}: its clock differs by ${(offset / 1000).toFixed(1)} s`;
  return { level: 'warn', what, advice: 'let both machines use NTP' };
}
