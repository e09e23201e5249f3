import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { pbxFindings } from '../../../src/cli/doctor/pbxFindings.ts';
import type { PbxConfig } from '../../../src/config.ts';
import { eventText, type FakeClient, type FakePbx, fakePbx, SECRET } from '../../support/fakePbx.ts';
import { suite } from '../../support/suite.ts';
import { answerAs, FOR_ALL, ORIGINATE, REPORTING } from './accountPbx.ts';

const test = suite('what doctor says of a PBX');
const LISTEN_MS = 1_500;
const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
const CDR = eventText('Cdr').replace('call,all', 'cdr,all');

/** What is said of a PBX that treats its client so. */
async function findingsOf(
  serve: (client: FakeClient) => unknown,
  options: Parameters<typeof fakePbx>[1] = {},
  served?: readonly string[],
): Promise<readonly Finding[]> {
  const pbx = await fakePbx(serve, options);
  try {
    return await pbxFindings(configOf(pbx), { listenMs: LISTEN_MS, served });
  } finally {
    await pbx.close();
  }
}

function configOf({ host, port }: FakePbx): PbxConfig {
  return {
    id: 'main',
    host,
    port,
    username: 'crm',
    password: SECRET,
    tls: null,
    timezone: null,
    originate: null,
    cdrDatabaseUrl: null,
  };
}

/** Of an account that may call these commands, beside `channels` channels, to which these events are told. */
function ofAccount(
  commands: readonly string[],
  channels: (nth: number) => number = () => 0,
  events: readonly string[] = [],
) {
  return findingsOf(async (client) => {
    await client.welcome();
    for (const event of events) client.send(event);
    await answerAs(client, { commands, channels });
  });
}

const levelOf = (findings: readonly Finding[], what: RegExp) => findings.find((one) => what.test(one.what))?.level;
const adviceOf = (findings: readonly Finding[], what: RegExp) =>
  findings.find((one) => what.test(one.what))?.advice ?? '';

test('an idle PBX is told from an account that may read nothing: what cannot be seen is said to be so', async () => {
  const idle = await ofAccount(FOR_ALL);
  assert.is(levelOf(idle, /no call was up while it was watched, so .* cannot be seen/), 'unsure');
  assert.match(adviceOf(idle, /cannot be seen/), 'doctor --listen 60');
  const steady = await ofAccount(FOR_ALL, () => 2);
  assert.is(levelOf(steady, /the calls that are up went on unchanged, so .* cannot be seen/), 'unsure');
});

test('calls that begin or end without an event prove that the account may not read them', async () => {
  for (const commands of [FOR_ALL, [...FOR_ALL, ...REPORTING]]) {
    const findings = await ofAccount(commands, (nth) => (nth === 0 ? 2 : 0));
    assert.is(levelOf(findings, /calls began or ended, and no event of class call came/), 'fail');
    assert.match(adviceOf(findings, /no event of class call/), '`read = call,cdr`');
    assert.match(adviceOf(findings, /no event of class call/), 'Settings → Asterisk Manager Users');
  }
});

test('call records alone prove that calls may not be read', async () => {
  const findings = await ofAccount(FOR_ALL, () => 0, [CDR]);
  assert.is(levelOf(findings, /calls ended, and no event of class call came/), 'fail');
  assert.is(levelOf(findings, /events of class cdr come/), 'ok');
});

test('events prove what may be read', async () => {
  const findings = await ofAccount(FOR_ALL, () => 0, [eventText('Newchannel'), CDR]);
  assert.is(levelOf(findings, /events of class call come/), 'ok');
  assert.is(levelOf(findings, /events of class cdr come/), 'ok');
});

test('an account that may not ask which calls are open is told the one line to add, and what it brings', async () => {
  const without = await ofAccount(FOR_ALL);
  assert.is(levelOf(without, /may ask only which calls are talking/), 'warn');
  assert.match(adviceOf(without, /may ask only/), '`write = reporting` and nothing more');
  assert.match(adviceOf(without, /may ask only/), 'after a gap open calls come in with number and DID');
  const all = await ofAccount([...FOR_ALL, ...REPORTING]);
  assert.is(levelOf(all, /may ask which calls are open/), 'ok');
  assert.is(levelOf(all, /more than is needed/), undefined);
});

test('a serve that has logged in with fewer rights than a login of now is named, and only such a one', async () => {
  const of = (served: readonly string[] | undefined) =>
    findingsOf(
      async (client) => {
        await client.welcome();
        await answerAs(client, { commands: [...FOR_ALL, ...REPORTING], channels: () => 0 });
      },
      {},
      served,
    );
  const older = await of(['BridgeList']);
  assert.is(levelOf(older, /could not ask for CoreStatus, Status, CoreShowChannels/), 'warn');
  const same = await of(['BridgeList', 'CoreStatus', 'Status', 'CoreShowChannels']);
  assert.is(levelOf(same, /could not ask for/), undefined);
  assert.is(levelOf(await of(undefined), /could not ask for/), undefined);
});

test('an account that may do more than is needed is named with what', async () => {
  const findings = await ofAccount([...FOR_ALL, ...REPORTING, ...ORIGINATE]);
  assert.is(levelOf(findings, /more than is needed \(write = originate\)/), 'warn');
});

test('no advice names a file that FreePBX writes anew', async () => {
  const events = [eventText('Newchannel')];
  const advice = (await ofAccount(FOR_ALL, () => 0, events)).map((one) => one.advice ?? '').join('\n');
  assert.match(advice, '`[general](+)` in manager_custom.conf');
  assert.match(advice, 'cdr_manager_general_custom.conf');
  assert.match(advice, 'writetimeout = 5000');
  assert.not.match(advice, /(?<!_)\bmanager\.conf|cdr_manager\.conf/);
});

test('a TLS port that is spoken to without TLS is said to be one', async () => {
  const [finding] = await findingsOf(() => {}, { tls: { key: pem('pbx.key'), cert: pem('pbx.pem') } });
  assert.is(finding?.level, 'fail');
  assert.match(finding?.advice ?? '', 'this is a TLS port: set AMI_TLS=on');
});

test('a port that says nothing, and speaks no TLS either, is no TLS port', async () => {
  const [finding] = await findingsOf(() => {});
  assert.match(finding?.advice ?? '', 'is it the manager port?');
});

test.run();
