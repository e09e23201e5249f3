import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../../src/cli/text/recordedCalls.ts';
import { parseRules } from '../../../src/domain/rules.ts';
import { recordingFile } from '../../support/recordings.ts';
import { rowsOfRecords } from '../../support/recordRows.ts';
import { onlyRow, type ScenarioChannel, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the queues in which a caller waited');

/** Comes in and is answered by a step of the dialplan. */
function answeredIn(pbx: ScenarioPbx, context: string, exten: string): ScenarioChannel {
  const caller = pbx.comesIn('PJSIP/mytrunk');
  pbx.goesTo(caller, context, exten);
  pbx.answers(caller);
  return caller;
}

function givesUp(pbx: ScenarioPbx, caller: ScenarioChannel): void {
  pbx.wait(20);
  pbx.asksToHangUp(caller);
  pbx.hangsUp(caller);
}

test('are known by context and extension where the account may not hear of queues', async () => {
  for (const [name, queue] of [
    ['asterisk-22/in-queue-abandoned/ami.txt.gz', '400'],
    ['freepbx/in-queue-voicemail/ami.txt.gz', '404'],
    ['variants/no-cdr-manager/in-queue-103/ami.txt.gz', '400'],
  ] as const) {
    const [row] = rowsOf(await readRecording(recordingFile(name).path), parseRules({ country: 'GR' }));
    assert.equal(row?.queues, [queue], name);
  }
});

test('are none where nobody waited: a menu, a ring group, a call out', async () => {
  for (const name of ['asterisk-22/in-ivr-101', 'asterisk-22/in-ringgroup-102', 'asterisk-22/out-answered']) {
    const [row] = rowsOf(await readRecording(recordingFile(`${name}/ami.txt.gz`).path), parseRules({ country: 'GR' }));
    assert.equal(row?.queues, [], name);
  }
});

test('are several in their order, each once', () => {
  const pbx = new ScenarioPbx();
  const caller = answeredIn(pbx, 'ext-queues', '402');
  for (const exten of ['401', '402']) {
    pbx.wait(10);
    pbx.goesTo(caller, 'ext-queues', exten);
    pbx.hangsUp(pbx.rings('101', caller));
  }
  givesUp(pbx, caller);
  assert.equal(onlyRow(pbx).queues, ['402', '401']);
});

test('are what the PBX says of them to an account that may hear it, and that alone', () => {
  const pbx = new ScenarioPbx();
  const caller = answeredIn(pbx, 'ext-queues', '400');
  pbx.goesTo(caller, 'queues', '7');
  pbx.says('QueueCallerJoin', [['', caller]], { Queue: 'support', Position: '1', Count: '1' });
  pbx.wait(20);
  pbx.says('QueueCallerAbandon', [['', caller]], { Queue: 'support', Position: '1', OriginalPosition: '1' });
  givesUp(pbx, caller);
  assert.equal(onlyRow(pbx).queues, ['support']);
});

test('are known to whoever came when somebody already waited, by the list of channels', () => {
  const pbx = new ScenarioPbx();
  const caller = answeredIn(pbx, 'ext-queues', '400');
  pbx.facts.length = 0;
  pbx.say('ChannelSeen', { ...pbx.viewOf(caller), DNID: '2101234567', Application: 'Queue' });
  givesUp(pbx, caller);
  assert.equal(onlyRow(pbx).queues, ['400']);
});

test('are those of what the dialplan put in the caller’s place as well', () => {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn('PJSIP/mytrunk');
  const near = pbx.localHalf('Local/400@from-internal-00000001;1', caller.linkedid);
  const far = pbx.localHalf('Local/400@from-internal-00000001;2', caller.linkedid);
  pbx.says('LocalBridge', [
    ['LocalOne', near],
    ['LocalTwo', far],
  ]);
  pbx.goesTo(far, 'ext-queues', '400');
  pbx.answers(far);
  givesUp(pbx, caller);
  assert.equal(onlyRow(pbx).queues, ['400']);
});

test('have no letter of Asterisk’s own for a name', () => {
  const pbx = new ScenarioPbx();
  const caller = answeredIn(pbx, 'ext-queues', 's');
  pbx.goesTo(caller, 'ext-queues', 'h');
  givesUp(pbx, caller);
  assert.equal(onlyRow(pbx).queues, []);
});

test('stand in contexts that the rules can name', () => {
  const pbx = new ScenarioPbx();
  givesUp(pbx, answeredIn(pbx, 'hotline', 'sales'));
  assert.equal(onlyRow(pbx).queues, []);
  assert.equal(onlyRow(pbx, { rules: { queue_contexts: ['hot*'] } }).queues, ['sales']);
});

test('are told by call records, by what the application was given or by where it was', () => {
  const record = {
    calldate: '2026-11-23 02:27:04',
    src: '6912345052',
    dst: '400',
    dcontext: 'ext-queues',
    channel: 'PJSIP/mytrunk-0000013d',
    lastapp: 'Queue',
    lastdata: '400,t,,,30,,,,,',
    duration: '25',
    billsec: '25',
    did: '2101234567',
    disposition: 'ANSWERED',
    uniqueid: '1795400824.387',
    linkedid: '1795400824.387',
  };
  const told = (columns: Readonly<Record<string, string>>) =>
    rowsOfRecords([new Map(Object.entries({ ...record, ...columns }))])[0]?.queues;
  assert.equal(told({}), ['400']);
  assert.equal(told({ lastapp: 'Hangup', lastdata: '' }), ['400']);
  assert.equal(told({ dcontext: 'queues', dst: '7', lastdata: 'support,t' }), ['support']);
  assert.equal(told({ dcontext: 'from-did-direct', dst: '101', lastapp: 'Dial', lastdata: 'PJSIP/101' }), []);
});

test.run();
