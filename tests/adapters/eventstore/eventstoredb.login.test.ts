import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { type FakeEventStoreDb, startFakeEventStoreDb } from '../../support/fakeEventStoreDb/index.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, eventsOf, newStream } from './helpers.ts';

const test = suite('the connection string of EventStoreDB');
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const USER = { username: 'log@writer', password: 'p:a/s s?' };
const LOGIN = `${encodeURIComponent(USER.username)}:${encodeURIComponent(USER.password)}`;

let server: FakeEventStoreDb;
test.before(async () => {
  server = await startFakeEventStoreDb({
    cert: readFileSync(fixture('pbx.pem')),
    key: readFileSync(fixture('pbx.key')),
  });
  server.user = USER;
});
test.after(() => server.stop());

test('brings user, password and the authority of a server with TLS', async () => {
  const log = await openEventStoreDb({
    url: `esdb://${LOGIN}@127.0.0.1:${server.port}?tlsCAFile=${fixture('ca.pem')}`,
  });
  const stream = newStream();
  await log.append(stream, eventsOf(2), 'no_stream');
  assert.is((await collect(log.readStream(stream))).length, 2);
  assert.is((await collect(log.readAll(0n, { streamPrefixes: [stream] }))).length, 2);
  await log.close();
});

test('gives way to a login of its own', async () => {
  const url = `esdb://nobody:wrong@127.0.0.1:${server.port}?tlsCAFile=${fixture('ca.pem')}`;
  assert.is(await codeOf(openEventStoreDb({ url })), 'LOG_ACCESS_DENIED');
  const log = await openEventStoreDb({ url, credentials: USER });
  assert.match(await log.logId(), /^[0-9a-f-]{36}$/);
  await log.close();
});

test('does not reach a server whose certificate another authority signed', async () => {
  const log = await openEventStoreDb({
    url: `esdb://${LOGIN}@127.0.0.1:${server.port}?tlsCAFile=${fixture('other-ca.pem')}`,
    timeouts: { appendMs: 500, readMs: 500 },
  });
  assert.is(await codeOf(log.logId()), 'LOG_UNAVAILABLE');
  await log.close();
});

test('is refused without showing the password when it is none', async () => {
  for (const url of [
    'http://user:secret@host:1',
    'esdb://user:secret@host:port',
    'esdb://user:secret@host?',
    'esdb://user:secret@host:2113?tlsCAFile=/missing/ca.pem',
    'esdb://host:2113',
  ]) {
    const error = await openEventStoreDb({ url }).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error && 'code' in error && error.code === 'CONFIG_INVALID', url);
    assert.not.match(`${error.message} ${String(error.cause)}`, /secret/);
  }
});

test.run();
