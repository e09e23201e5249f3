import * as assert from 'uvu/assert';
import { originateBy } from '../../../../src/adapters/ami/index.ts';
import type { Origination } from '../../../../src/domain/dialling/origination.ts';
import { hasCode } from '../../../../src/errors.ts';
import { systemClock } from '../../../../src/ports/clock.ts';
import type { Originated } from '../../../../src/ports/dialling.ts';
import { type DiallingPbx, diallingPbx, originateResponse, pong, queued } from '../../../support/diallingPbx.ts';
import type { FakeAction } from '../../../support/fakePbx.ts';
import { freePort } from '../../../support/freePort.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a call that a PBX is asked to begin');

const WANTED: Origination = {
  channel: 'Local/101@from-internal',
  context: 'from-internal',
  dialled: '6912345678',
  callerId: '101',
  timeoutSeconds: 30,
  channelId: '1795400577.100000000000000',
  otherChannelId: '1795400577.100000000000001',
};

const by = (port: number, own: { answerMs?: number; pingIntervalMs?: number } = {}, secret = 's3cret') =>
  originateBy({
    host: '127.0.0.1',
    port,
    username: 'crm',
    secret,
    clock: systemClock,
    timings: { connectMs: 500, ...own },
  });

/** What comes of it, and whether the PBX has accepted it first. */
async function begun(
  pbx: Pick<DiallingPbx, 'port'>,
  { wanted = WANTED, ...own }: { wanted?: Origination; answerMs?: number; pingIntervalMs?: number } = {},
): Promise<{ outcome: Originated; isAccepted: boolean }> {
  let isAccepted = false;
  const onAccepted = () => {
    isAccepted = true;
  };
  const signal = new AbortController().signal;
  const outcome = await by(pbx.port, own)(wanted, { sendWithinMs: 5_000, signal, onAccepted });
  return { outcome, isAccepted };
}

async function withPbx(
  onOriginate: Parameters<typeof diallingPbx>[0],
  work: (pbx: DiallingPbx) => Promise<void>,
): Promise<void> {
  const pbx = await diallingPbx(onOriginate);
  try {
    await work(pbx);
  } finally {
    await pbx.close();
  }
}

test('is asked for once, with the two ids that we chose, and nothing besides', () =>
  withPbx(
    (client, action) => {
      queued(client, action);
      originateResponse(client, action, 4);
    },
    async (pbx) => {
      assert.equal(await begun(pbx), { outcome: { kind: 'begun' }, isAccepted: true });
      assert.is(pbx.originated.length, 1);
      const fields = Object.fromEntries([...(pbx.originated[0] ?? [])].filter(([key]) => key !== 'actionid'));
      assert.equal(fields, {
        action: 'Originate',
        channel: 'Local/101@from-internal',
        context: 'from-internal',
        exten: '6912345678',
        priority: '1',
        timeout: '30000',
        callerid: '<101>',
        channelid: '1795400577.100000000000000',
        otherchannelid: '1795400577.100000000000001',
        async: 'true',
      });
    },
  ));

test('is refused in words that tell a missing permission from anything else', async () => {
  for (const [message, reason] of [
    ['Permission denied', 'not_permitted'],
    ['Channel not specified', 'pbx_refused'],
  ]) {
    await withPbx(
      (client, action) => client.answer(action, 'Error', `Message: ${message}`),
      async (pbx) => assert.equal(await begun(pbx), { outcome: { kind: 'refused', reason }, isAccepted: false }),
    );
  }
});

test('ends as the own phone did: not answered, busy, not to be reached', async () => {
  for (const [said, reason] of [
    [3, 'no_answer'],
    [5, 'busy'],
    [8, 'unreachable'],
    [0, 'unreachable'],
  ] as const) {
    await withPbx(
      (client, action) => {
        queued(client, action);
        originateResponse(client, action, said);
      },
      async (pbx) => assert.equal((await begun(pbx)).outcome, { kind: 'refused', reason }),
    );
  }
});

test('is heard of also when the PBX tells the end before its answer, or while a Ping waits', async () => {
  await withPbx(
    (client, action) => {
      originateResponse(client, action, 4);
      queued(client, action);
    },
    async (pbx) => assert.equal((await begun(pbx)).outcome, { kind: 'begun' }),
  );
  let asked: FakeAction | null = null;
  const pbx = await diallingPbx(
    (client, action) => {
      queued(client, action);
      asked = action;
    },
    {
      // the end is told while the Ping is not answered yet
      onPing(client, ping) {
        if (asked !== null) originateResponse(client, asked, 4);
        pong(client, ping);
      },
    },
  );
  assert.equal((await begun(pbx, { pingIntervalMs: 20 })).outcome, { kind: 'begun' });
  await pbx.close();
});

test('of others is not taken for ours', () =>
  withPbx(
    (client, action) => {
      queued(client, action);
      originateResponse(client, new Map([...action, ['actionid', 'c2c-7']]), 5);
      originateResponse(client, action, 4);
    },
    async (pbx) => assert.equal((await begun(pbx)).outcome, { kind: 'begun' }),
  ));

test('is unknown when the PBX does not answer, or leaves before it has told the end', async () => {
  await withPbx(
    () => {},
    async (pbx) =>
      assert.equal(await begun(pbx, { answerMs: 150 }), { outcome: { kind: 'unknown' }, isAccepted: false }),
  );
  await withPbx(
    (client, action) => {
      queued(client, action);
      client.socket.end();
    },
    async (pbx) => assert.equal(await begun(pbx), { outcome: { kind: 'unknown' }, isAccepted: true }),
  );
});

test('is not asked for when the PBX is away, refuses the account, or could not be reached in time', async () => {
  const signal = new AbortController().signal;
  const how = { sendWithinMs: 5_000, signal, onAccepted: () => assert.unreachable() };
  assert.equal(await by(await freePort())(WANTED, how), { kind: 'refused', reason: 'pbx_away' });
  await withPbx(
    () => assert.unreachable(),
    async (pbx) => {
      assert.equal(await by(pbx.port, {}, 'wrong')(WANTED, how), { kind: 'refused', reason: 'login_refused' });
      assert.equal(await by(pbx.port)(WANTED, { ...how, sendWithinMs: 0 }), { kind: 'refused', reason: 'pbx_away' });
      assert.is(pbx.originated.length, 0);
    },
  );
});

test('never carries a second action: a value that would end its line is not sent at all', () =>
  withPbx(
    () => assert.unreachable(),
    async (pbx) => {
      for (const end of ['\r\nAction: Command', '\nVariable: x=1', '\r', '\0']) {
        for (const field of ['channel', 'context', 'dialled', 'callerId', 'channelId', 'otherChannelId'] as const) {
          const error: unknown = await begun(pbx, { wanted: { ...WANTED, [field]: `101${end}` } }).catch(
            (e: unknown) => e,
          );
          assert.ok(hasCode(error, 'AMI_INVALID_ACTION'), field);
        }
      }
      assert.is(pbx.originated.length, 0);
    },
  ));

test.run();
