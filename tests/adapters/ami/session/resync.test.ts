import * as assert from 'uvu/assert';
import { fieldOf, type PbxSource, type SourceItem } from '../../../../src/ports/pbxSource.ts';
import { eventsOf, itemsUntil, sourceOf } from '../../../support/amiSource.ts';
import { eventually } from '../../../support/eventually.ts';
import { eventText, type FakePbx, fakePbx } from '../../../support/fakePbx.ts';
import { logLines } from '../../../support/logLines.ts';
import { type Answers, answerAs, REPORTING, recorded, WRITES_NOTHING } from '../../../support/recordedAnswers.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what is asked after a login');

const answering = (answers: Answers) =>
  fakePbx(async (client) => {
    await client.welcome();
    await answerAs(client, answers);
  });
const seenIn = (items: readonly SourceItem[]) => items.flatMap((item) => (item.kind === 'seen' ? item.channels : []));
const idsIn = (items: readonly SourceItem[]) => seenIn(items).map((channel) => fieldOf(channel, 'Uniqueid'));
const listedIn = (items: readonly SourceItem[]) => items.find(({ kind }) => kind === 'listed');

/** Listens until the account is known and an event that comes after it is heard. */
async function getToKnow(pbx: FakePbx, source: PbxSource): Promise<SourceItem[]> {
  const items = await itemsUntil(source, () => {
    if (source.state().account === null) return false;
    pbx.clients[0]?.send(eventText('Hangup'));
    return true;
  });
  await pbx.close();
  return items;
}

const ALIVE_OFTEN = { pingIntervalMs: 5, listMs: 150 };

test('all open channels, as the PBX names them, and then that these were all', async () => {
  const pbx = await answering(REPORTING);
  const source = sourceOf(pbx);
  const items = await itemsUntil(source, (so) => listedIn(so) !== undefined);
  assert.equal(idsIn(items), ['1795876909.402', '1795876893.393', '1795876893.394', '1795876909.403']);
  const [trunk = []] = seenIn(items);
  assert.is(fieldOf(trunk, 'DNID'), '2101234571');
  assert.is(fieldOf(trunk, 'BridgeID'), 'd6529412-6eda-4681-ad1b-ca6c4e02c608');
  const listed = listedIn(items);
  assert.is(listed?.kind === 'listed' && listed.channels, 4);
  const started = items.find(({ kind }) => kind === 'started');
  assert.is(started?.kind === 'started' && started.startedAt, '2026-11-23 01:54:12');
  await pbx.close();
});

test('the account is known then: what it may ask for, and that it was shown all', async () => {
  const pbx = await answering(REPORTING);
  const source = sourceOf(pbx, { timings: ALIVE_OFTEN });
  await getToKnow(pbx, source);
  assert.equal(source.state().account, {
    commands: ['CoreStatus', 'Status', 'CoreShowChannels', 'BridgeList', 'BridgeInfo'],
    lists: 'all',
    problem: null,
  });
});

test('where `Status` is refused, `CoreShowChannels` shows them', async () => {
  const pbx = await answering(new Map([...REPORTING].filter(([action]) => action !== 'Status')));
  const items = await itemsUntil(sourceOf(pbx), (so) => listedIn(so) !== undefined);
  const [trunk = []] = seenIn(items);
  assert.is(seenIn(items).length, 4);
  assert.is(fieldOf(trunk, 'Duration'), '00:00:08');
  await pbx.close();
});

test('an account that may write nothing is shown who talks, with the bridge, and nothing is said to be complete', async () => {
  const pbx = await answering(WRITES_NOTHING);
  const source = sourceOf(pbx, { timings: { ...ALIVE_OFTEN, listMs: 5_000 } });
  const items = await getToKnow(pbx, source);
  assert.equal(source.state().account, { commands: ['BridgeList', 'BridgeInfo'], lists: 'bridges', problem: null });
  assert.ok(idsIn(items).includes('1795400837.391') && idsIn(items).includes('1795400838.399'));
  const one = seenIn(items).find((channel) => fieldOf(channel, 'Uniqueid') === '1795400837.391') ?? [];
  assert.is(fieldOf(one, 'BridgeUniqueid'), '3ce66801-6e34-4573-a7cc-dadf77785459');
  assert.is(fieldOf(one, 'BridgeType'), 'basic');
  assert.is(listedIn(items), undefined);
  assert.not.ok(items.some(({ kind }) => kind === 'started'));
});

test('a PBX that does not tell what it may be asked is asked nothing more, and listened to all the same', async () => {
  const asked: string[] = [];
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    for (let action = await client.action(); action !== null; action = await client.action()) {
      asked.push(action.get('action') ?? '');
      client.answer(action, asked.at(-1) === 'Ping' ? 'Success' : 'Error', 'Message: Invalid/unknown command');
      if (asked.length === 4) client.send(eventText('Hangup'));
    }
  });
  const source = sourceOf(pbx, { timings: ALIVE_OFTEN });
  const items = await itemsUntil(source, (so) => eventsOf(so).length > 0);
  assert.equal(asked.slice(0, 4), ['ListCommands', 'Ping', 'Ping', 'Ping']);
  assert.equal([seenIn(items).length, source.state().account, source.state().reconnects], [0, null, 0]);
  await pbx.close();
});

test('what it told at an earlier login is not told of one at which it tells nothing', async () => {
  const pbx = await fakePbx(async (client, nth) => {
    await client.welcome();
    if (nth === 0) await answerAs(client, REPORTING);
    else while (await client.ping()) client.send(eventText('Hangup'));
  });
  const source = sourceOf(pbx, { timings: ALIVE_OFTEN });
  const accounts: unknown[] = [];
  await itemsUntil(source, (so) => {
    const { account } = source.state();
    if (account !== null && accounts.length === 0) {
      accounts.push(account.lists);
      pbx.clients[0]?.socket.destroy();
    }
    return eventsOf(so).length > 0 && account === null;
  });
  assert.equal([accounts, source.state().account], [['all'], null]);
  await pbx.close();
});

const item = (n: number) => `Event: Status\r\nUniqueid: 1795400000.${n}\r\nLinkedid: 1795400000.${n}`;
const START = 'Response: Success\r\nEventList: start\r\nMessage: Channel status will follow';

for (const [what, answer, problem] of [
  ['that ends half way', recorded.status.slice(0, 3), 'AMI_TIMEOUT'],
  ['of 20,000', [START, ...Array.from({ length: 20_000 }, (_, n) => item(n))], 'AMI_ACTION_FAILED'],
] as const) {
  test(`a list ${what} is said not to be complete; the connection goes on and stays clean`, async () => {
    const lists = ['Status', 'CoreShowChannels'].map((action) => [action, () => answer] as const);
    const pbx = await answering(new Map([...REPORTING, ...lists]));
    const source = sourceOf(pbx, { timings: { ...ALIVE_OFTEN, listMs: problem === 'AMI_TIMEOUT' ? 2_000 : 30_000 } });
    const items = await getToKnow(pbx, source);
    const { account, reconnects } = source.state();
    assert.equal([account?.lists, account?.problem, reconnects], ['bridges', problem, 0]);
    assert.is(listedIn(items), undefined);
    assert.not.ok(eventsOf(items).includes('Status'), 'what still came of the list is nothing that the PBX said');
  });
}

test('where `Status` does not come to its end, `CoreShowChannels` shows them', async () => {
  const pbx = await answering(new Map([...REPORTING, ['Status', () => recorded.status.slice(0, 3)]]));
  const source = sourceOf(pbx, { timings: { ...ALIVE_OFTEN, listMs: 500 } });
  const items = await getToKnow(pbx, source);
  const { account } = source.state();
  assert.equal([account?.lists, account?.problem], ['all', null]);
  assert.ok(listedIn(items));
});

test('what could not be read in time because nobody took what came before is asked anew', async () => {
  const filler = eventText('Hangup', { Filler: 'x'.repeat(1_000) }).repeat(2_000);
  let asked = 0;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    const listCommands = () => {
      asked += 1;
      if (asked === 1) client.send(filler);
      return recorded.listCommands.reporting;
    };
    await answerAs(client, new Map([...REPORTING, ['ListCommands', listCommands]]));
  });
  const source = sourceOf(pbx, { timings: { answerMs: 300, pingIntervalMs: 50 } });
  const stop = new AbortController();
  const takenAgainAt = performance.now() + 1_500;
  for await (const item of source.items(stop.signal)) {
    if (item.kind === 'frames') await eventually('it is taken', () => performance.now() > takenAgainAt);
    if (item.kind === 'listed') stop.abort();
  }
  assert.ok(asked > 1);
  await pbx.close();
});

test('a list whose end counts other channels than came is not taken for all', async () => {
  const end = 'Event: StatusComplete\r\nEventList: Complete\r\nListItems: 3';
  const pbx = await answering(new Map([...REPORTING, ['Status', () => [START, item(1), item(2), end]]]));
  const source = sourceOf(pbx, { timings: ALIVE_OFTEN });
  const items = await getToKnow(pbx, source);
  // the other list was asked for instead
  assert.is(seenIn(items).length, 2 + 4);
  const listed = listedIn(items);
  assert.is(listed?.kind === 'listed' && listed.channels, 4);
});

test('what the PBX says while it is asked is heard in its place', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    const status = () => {
      client.send(eventText('Newchannel', { Uniqueid: '1795876917.410' }));
      return recorded.status;
    };
    await answerAs(client, new Map([...REPORTING, ['Status', status]]));
  });
  const items = await itemsUntil(sourceOf(pbx), (so) => listedIn(so) !== undefined);
  assert.equal(eventsOf(items), ['Newchannel']);
  const kinds = items.map(({ kind }) => kind);
  assert.ok(kinds.indexOf('frames') < kinds.indexOf('listed'));
  await pbx.close();
});

test('an account that may ask for more by now is logged in anew; one that may not is left alone', async () => {
  let widened = false;
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    await answerAs(client, widened ? REPORTING : WRITES_NOTHING);
  });
  const { logger, lines } = logLines();
  const source = sourceOf(pbx, { logger, timings: { ...ALIVE_OFTEN, listMs: 5_000, permissionsMs: 20 } });
  const items = await itemsUntil(source, (so) => {
    widened ||= pbx.clients.length > 3;
    return listedIn(so) !== undefined;
  });
  const ends = items.flatMap((one) => (one.kind === 'disconnected' ? [one.reason] : []));
  assert.equal(ends, ['AMI_NEW_LOGIN', 'STOPPED']);
  assert.is(source.state().account?.lists, 'all');
  assert.ok(lines.some((line) => line.includes('AMI_NEW_LOGIN')));
  await pbx.close();
});

test.run();
