import * as assert from 'uvu/assert';
import { reconciledSchema } from '../../src/http/contract/reconcileContract.ts';
import { recordEvent } from '../../src/importing/recordEvent.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellCalls, tellCustomer, tellRecording } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('what was heard against the call records, by the API', { deadlineMs: 60_000 });
const system = await startSystem();
const auditor = await system.token('auditor');
test.after(system.close);

await tellCustomer(system, 'c-1', 'Somebody');
await tellCalls(system, [{}]);
await tellRecording(system, 'athens', 'outbound-busy');
await tellRecording(system, 'larissa', 'inbound-answered');
const { rows } = await system.pool.query(
  `select ext_message_id, occurred_at, external_number_raw, did from read_v1.crm_comms_log where pbx = 'larissa'`,
);
const [inbound] = rows;
// it says of the one call that nobody answered, and tells of another that nobody heard
await store({ uniqueid: inbound.ext_message_id, linkedid: inbound.ext_message_id });
await store({ uniqueid: '1795000000.99', linkedid: '1795000000.99', channel: 'PJSIP/mytrunk-0000ffff' });

const reconcile = (query: string) =>
  system.ask({
    path: `/api/admin/reconcile?from=2026-11-01T00:00:00Z&to=2027-11-01T00:00:00Z${query}`,
    token: auditor,
  });

test('each kind of disagreement is told with the call that it is about; calls logged by hand have no records', async () => {
  const { json, status, text } = await reconcile('');
  assert.is(status, 200, text);
  assert.equal(reconciledSchema.parse(json), json);
  const found = reconciledSchema.parse(json).items;
  const kinds = new Set(found.map(({ kind, pbx }) => `${pbx} ${kind}`));
  for (const kind of ['athens not_recorded', 'larissa not_heard', 'larissa outcome']) assert.ok(kinds.has(kind), text);
  assert.is(field(json, 'compared'), 3);
  const outcome = found.find(({ kind }) => kind === 'outcome');
  assert.equal(
    [outcome?.heard, outcome?.recorded, outcome?.ext_message_id],
    ['answered', 'missed', inbound.ext_message_id],
  );
});

test('one PBX can be asked for, and the calls go page by page', async () => {
  const athens = await reconcile('&pbx=athens');
  assert.is(field(athens.json, 'compared'), 1);
  let compared = 0;
  let cursor = '';
  const kinds: string[] = [];
  do {
    const { json } = await reconcile(`&limit=1${cursor}`);
    const page = reconciledSchema.parse(json);
    compared += page.compared;
    kinds.push(...page.items.map(({ kind }) => kind));
    cursor = page.page.next_cursor === null ? '' : `&cursor=${page.page.next_cursor}`;
  } while (cursor !== '');
  assert.is(compared, 3);
  assert.equal(kinds.filter((kind) => kind.startsWith('not_')).sort(), ['not_heard', 'not_recorded']);
});

test('that somebody looked into the raw facts is recorded', async () => {
  await reconcile('');
  const { json } = await system.ask({ path: '/api/admin/audit?limit=1', token: auditor });
  assert.equal(
    [field(json, 'items.0.type'), field(json, 'items.0.data.entries'), field(json, 'items.0.metadata.actor.role')],
    ['RawFactsRead', 3, 'auditor'],
  );
  const read: { id: string }[] = Object(field(json, 'items.0.calls'));
  const { items } = await system.readModel.entries({}, null, 10);
  assert.equal(
    read.map(({ id }) => id).sort(),
    items
      .filter(({ source }) => source !== 'manual')
      .map(({ id }) => id)
      .sort(),
  );
});

test('a period that is none is refused', async () => {
  const path = '/api/admin/reconcile?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z';
  assert.is((await system.ask({ path, token: auditor })).status, 422);
});

test.run();

/** A record of a call to the same number, which began when the call did and which nobody answered. */
async function store(own: Readonly<Record<string, string>>): Promise<void> {
  const columns = {
    calldate: String(inbound.occurred_at).slice(0, 19).replace('T', ' '),
    src: inbound.external_number_raw,
    did: inbound.did,
    dcontext: 'from-did-direct',
    channel: 'PJSIP/mytrunk-00000001',
    dstchannel: 'PJSIP/101-00000002',
    lastapp: 'Dial',
    lastdata: 'PJSIP/101/sip:101@192.0.2.1,15',
    duration: '9',
    billsec: '0',
    disposition: 'NO ANSWER',
    ...own,
  };
  const context = { pbx: 'larissa', zone: 'UTC', now: system.clock.now(), app: 'test' };
  const made = recordEvent({ fields: Object.entries(columns) }, context);
  if (made === null) throw new Error('no record');
  const { position } = await system.log.append(made.stream, [made.event], 'no_stream');
  await system.projector.reach(position);
}
