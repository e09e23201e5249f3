import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { originateBy } from '../../src/adapters/ami/index.ts';
import { DialTable, type Leases } from '../../src/adapters/postgres/index.ts';
import { beginCalls, createDialling } from '../../src/dialling/index.ts';
import type { Origination } from '../../src/domain/dialling/origination.ts';
import { streamOf } from '../../src/domain/events.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { DialRequest, DialRequests, Originate } from '../../src/ports/dialling.ts';
import { readEvents } from '../../src/ports/eventStore.ts';
import { leaseOnPbx } from '../../src/ports/lease.ts';
import { openReadModel, silent, testLeases } from '../projections/support/readModel.ts';
import { diallingPbx, originateResponse, queued } from '../support/diallingPbx.ts';
import { eventually } from '../support/eventually.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('calls that are begun by whichever server listens to the phone system', { deadlineMs: 60_000 });
const { url, drop } = await createDatabase();
const model = await openReadModel(url);
const { log, pool } = model;
const PBX = 'office';
const closing: (() => Promise<unknown>)[] = [];
test.after(async () => {
  for (const close of closing.reverse()) await close();
  await model.close();
  await drop();
});

const ORIGINATION: Origination = {
  channel: 'Local/101@from-internal',
  context: 'from-internal',
  dialled: '6912345678',
  callerId: '101',
  timeoutSeconds: 30,
  channelId: '1795400577.100000000000000',
  otherChannelId: '1795400577.100000000000001',
};
const request = (): DialRequest => ({
  id: randomUUID(),
  pbx: PBX,
  askedBy: 'anna',
  extension: '101',
  origination: ORIGINATION,
});

function table(): DialTable {
  const requests = new DialTable(pool, { url, logger: silent });
  closing.push(() => requests.close());
  return requests;
}

/** A server that any page asks. */
function asking(takeWithinMs = 10_000) {
  return createDialling({ requests: table(), log, clock: systemClock, logger: silent, takeWithinMs });
}

/** A server that could listen to the phone system, until it is stopped; as far as `isOurs` says, it does. */
function acting(originate: Originate, isOurs: () => boolean, requests: DialRequests = table()) {
  const stopping = new AbortController();
  const deps = { requests, originate: new Map([[PBX, originate]]), isOurs, log, clock: systemClock, logger: silent };
  const done = beginCalls(deps, stopping.signal);
  const stop = async () => {
    stopping.abort();
    await done;
  };
  closing.push(stop);
  return { stop };
}

const answersOf = async (id: string) =>
  (await readEvents(log, streamOf.dial(id))).map(({ type, data }) => [type, data.result, data.reason]);
const stored = async (id: string) =>
  (await pool.query('select state, origination from commslog.dial_request where id = $1', [id])).rows[0];

test('are begun once, by the server that has the lease, whichever is asked', async () => {
  const pbx = await diallingPbx((client, action) => {
    queued(client, action);
    originateResponse(client, action, 4);
  });
  const originate = originateBy({
    host: pbx.host,
    port: pbx.port,
    username: 'crm',
    secret: 's3cret',
    clock: systemClock,
  });
  const leases: Leases[] = [testLeases(url), testLeases(url)];
  const servers = leases.map((own) => {
    const lease = own.want(leaseOnPbx(PBX));
    return acting(originate, () => lease.state() === 'held');
  });
  try {
    const asked = [asking(), asking()];
    const wanted = [request(), request(), request(), request()];
    const seen = await Promise.all(wanted.map((one, n) => asked[n % 2]?.ask(one)));
    assert.ok(seen.every((one) => one?.state === 'ringing' || one?.state === 'answered'));
    for (const { id } of wanted) {
      await eventually('it is answered', async () => (await answersOf(id)).length === 1);
      assert.equal(await answersOf(id), [['CallRequestAnswered', 'answered', null]]);
      assert.equal(await stored(id), { state: 'answered', origination: null });
    }
    assert.is(pbx.originated.length, wanted.length);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await Promise.all(leases.map((own) => own.close()));
    await pbx.close();
  }
});

test('are not begun when no server takes them in time, and never later', async () => {
  const one = request();
  const seen = await asking(50).ask(one);
  assert.is(seen.state, 'not_taken');
  assert.equal(await answersOf(one.id), [['CallRequestAnswered', 'not_taken', null]]);
  assert.equal(await stored(one.id), { state: 'not_taken', origination: null });
  const begun: string[] = [];
  const late = acting(
    async ({ dialled }) => {
      begun.push(dialled);
      return { kind: 'begun' };
    },
    () => true,
  );
  // whoever asks next is served, and the one before stays as it is
  const next = { ...request(), origination: { ...ORIGINATION, dialled: '2101234567' } };
  await asking().ask(next);
  await late.stop();
  assert.equal(begun, ['2101234567']);
});

test('are not begun when the time to take one is over, although nobody has said so', async () => {
  const requests = table();
  const one = request();
  await requests.add(one, 0);
  assert.is(await requests.take([PBX]), null);
  assert.is((await requests.look(one.id))?.state, 'asked');
});

test('are taken by one server alone, however many ask at once', async () => {
  const requests = Array.from({ length: 4 }, table);
  const [first] = requests;
  const one = request();
  await first?.add(one, 10_000);
  const taken = await Promise.all([...requests, ...requests, ...requests].map((each) => each.take([PBX])));
  assert.equal(
    taken.filter((each) => each !== null),
    [one],
  );
  assert.is(await first?.take(['another']), null);
});

test('are unknown when their server was ended in the midst, and are begun by nobody else', async () => {
  const one = request();
  const requests = table();
  await requests.add(one, 10_000);
  assert.equal(await requests.take([PBX]), one);
  // its server is gone now; another one takes the phone system over
  let begun = 0;
  const next = acting(
    async () => {
      begun += 1;
      return { kind: 'begun' };
    },
    () => true,
  );
  await asking().ask(request());
  assert.is(begun, 1);
  assert.is((await requests.look(one.id))?.state, 'taken');
  await pool.query(`update commslog.dial_request set changed_at = changed_at - interval '31 seconds' where id = $1`, [
    one.id,
  ]);
  assert.is((await requests.look(one.id))?.state, 'unknown');
  assert.equal(await stored(one.id), { state: 'unknown', origination: null });
  // what its server tells after all comes too late
  assert.not(await requests.settle(one.id, ['taken', 'ringing'], { state: 'answered' }));
  await next.stop();
});

test('that ring when their server stops are unknown, and say so', async () => {
  const pbx = await diallingPbx(queued);
  const { host, port } = pbx;
  const server = acting(originateBy({ host, port, username: 'crm', secret: 's3cret', clock: systemClock }), () => true);
  const one = request();
  assert.is((await asking().ask(one)).state, 'ringing');
  await server.stop();
  assert.equal(await answersOf(one.id), [['CallRequestAnswered', 'unknown', null]]);
  await pbx.close();
});

test('are forgotten after a day', async () => {
  const requests = table();
  const one = request();
  await requests.add(one, 10_000);
  await pool.query(`update commslog.dial_request set asked_at = asked_at - interval '2 days' where id = $1`, [one.id]);
  await requests.add(request(), 0);
  assert.is(await requests.look(one.id), null);
});

test.run();
