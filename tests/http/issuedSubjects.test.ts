import { v5 as uuidv5 } from 'uuid';
import * as assert from 'uvu/assert';
import { type JsonObject, type NewEvent, streamOf } from '../../src/domain/events.ts';
import { toRfc3339 } from '../../src/domain/time.ts';
import { suite } from '../support/suite.ts';
import { entryIn, textsIn } from './annotations/support.ts';
import { type Answer, field } from './support/ask.ts';
import { tellCustomer, tellRecording } from './support/facts.ts';
import { issuedToken, startIssuer } from './support/issuer.ts';
import { startSystem } from './support/system.ts';

const test = suite('subjects of an outside issuer');
const issuer = await startIssuer();
const system = await startSystem({ issuer: issuer.config });
test.after(async () => {
  await system.close();
  await issuer.close();
});

const CALL = { customer_id: 'c-1', direction: 'outbound', duration_seconds: 42, notes: '' };
let id = '';
test.before(async () => {
  await tellCustomer(system, 'c-1', 'Anna');
  await tellRecording(system, 'main', 'inbound-answered');
  id = (await system.readModel.list({ type: 'call' }, null, 1)).items[0]?.id ?? '';
});

const issued = (sub: string, role = 'agent') =>
  issuedToken(issuer, 'ES256', Math.floor(system.clock.now() / 1_000_000) + 3600, { claims: { sub, role } });
const post = (token: string, path: string, body: object, key?: string): Promise<Answer> =>
  system.ask({
    method: 'POST',
    path: `/api/crm${path}`,
    token,
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const note = (token: string, text: string, key?: string) => post(token, `/comms/${id}/notes`, { text }, key);
const logCall = (token: string, key: string) => post(token, '/calls/log', CALL, key);

/** A person's fact as it was written before subjects named their issuer. */
function earlier(type: string, data: JsonObject, eventId: string, sub: string): NewEvent {
  const metadata = {
    v: 1,
    recorded_at: toRfc3339(system.clock.now()),
    app: '0.1.0',
    $correlationId: 'r',
    actor: { sub, role: 'agent' },
    request_id: 'r',
  };
  return { id: eventId, type, data, metadata };
}

test('look like none of ours, in a note, a session and the audit trail', async () => {
  for (const sub of ['local', 'cli:root', 'agent-1']) {
    const theirs = `https://id.example#${sub}`;
    const [agent, admin] = await Promise.all([issued(sub), issued(sub, 'admin')]);
    const noted = await note(agent, `of ${sub}`);
    assert.is(entryIn(noted).notes.find(({ text }) => text === `of ${sub}`)?.author, theirs);

    const signedIn = await system.ask({ method: 'POST', path: '/api/session', token: admin });
    const cookie = String(signedIn.headers['set-cookie']).split(';', 1)[0] ?? '';
    assert.is(field((await system.ask({ path: '/api/me', headers: { cookie } })).json, 'sub'), theirs);

    await system.ask({ path: `/api/crm/comms/${id}/events?limit=1`, headers: { cookie } });
    const audit = await system.ask({ path: '/api/admin/audit?limit=1', token: admin });
    assert.equal(field(audit.json, 'items.0.metadata.actor'), { sub: theirs, role: 'admin' });
  }
});

test('have an Idempotency-Key of their own beside the same sub of ours', async () => {
  const [ours, theirs] = [await system.token('agent', 'twin'), await issued('twin')];
  const [first, second] = [await logCall(ours, 'key-1'), await logCall(theirs, 'key-1')];
  assert.equal([first.status, second.status], [201, 201]);
  assert.not.equal(field(first.json, 'id'), field(second.json, 'id'));
  assert.is((await note(ours, 'ours', 'key-2')).status, 201);
  const texts = textsIn(await note(theirs, 'theirs', 'key-2'));
  assert.equal(texts.slice(-2), ['ours', 'theirs']);
});

test('repeat a request of before they named their issuer: nothing is logged or noted twice', async () => {
  const token = await issued('subject-7');
  const uuid = uuidv5(JSON.stringify(['subject-7', 'key-3']), 'b7a1f6d2-0c3e-4d58-8e21-5f9a7c6b4d10');
  const known = await logCall(await system.token('agent', 'prober'), 'key-3');
  const hash = await requestHashOf(String(field(known.json, 'ext_message_id')));
  const logged = { ...CALL, occurred_at: '2026-11-20T10:00:00Z', request_hash: hash };
  const { position } = await system.log.append(
    streamOf.manual(uuid),
    [earlier('CallLogged', logged, uuidv5(hash, uuid), 'subject-7')],
    'no_stream',
  );
  await system.projector.reach(position);
  assert.is(field((await logCall(token, 'key-3')).json, 'ext_message_id'), uuid);
  assert.is((await post(token, '/calls/log', { ...CALL, duration_seconds: 1 }, 'key-3')).status, 422);

  const stream = streamOf.annotation(id);
  const noteId = uuidv5(JSON.stringify(['subject-7', id, 'key-4']), '4d0f3c9e-7f0b-4c57-9d0e-2f6a1b8c5e33');
  let last: bigint | undefined;
  for await (const events of system.log.readStream(stream)) last = events.at(-1)?.revision ?? last;
  const noted = earlier('NoteAdded', { text: 'of before' }, noteId, 'subject-7');
  await system.projector.reach((await system.log.append(stream, [noted], last ?? 'no_stream')).position);
  const texts = textsIn(await note(token, 'of before', 'key-4'));
  assert.is(texts.filter((text) => text === 'of before').length, 1);
});

async function requestHashOf(uuid: string): Promise<string> {
  for await (const [event] of system.log.readStream(streamOf.manual(uuid))) return String(event?.data.request_hash);
  return '';
}

test.run();
