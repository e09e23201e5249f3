import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { withClusterSettings } from '../../../src/adapters/eventstore/eventstoredb/connectionString.ts';
import { openEventStoreDb } from '../../../src/adapters/eventstore/index.ts';
import { type FakeEventStoreDb, startFakeEventStoreDb } from '../../support/fakeEventStoreDb/index.ts';
import { logLines } from '../../support/logLines.ts';
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

test('says what it does not heed without showing the password', async () => {
  const { logger, lines } = logLines();
  const toConsole: unknown[] = [];
  const { warn } = console;
  console.warn = (...text) => toConsole.push(...text);
  try {
    const url = `esdb://${LOGIN}@127.0.0.1:${server.port}?tlsCAFile=${fixture('ca.pem')}&keepAliveInterval=900&colour=red`;
    const log = await openEventStoreDb({ url, logger });
    await log.close();
  } finally {
    console.warn = warn;
  }
  assert.equal(toConsole, []);
  assert.is(lines.filter((line) => line.includes('Unknown option key')).length, 1);
  assert.not.match(lines.join(), LOGIN);
});

const CLUSTER =
  'keepAliveInterval=3000&keepAliveTimeout=3000&gossipTimeout=2&discoveryInterval=500&maxDiscoverAttempts=6';

test('watches a cluster closely, and a single server as the client does', () => {
  for (const [given, used] of [
    ['esdb://u:p@a,b:2114?tls=true', `esdb://u:p@a,b:2114?tls=true&${CLUSTER}`],
    ['esdb://u:p@a,b/', `esdb://u:p@a,b/?${CLUSTER}`],
    ['esdb+discover://u:p@cluster.example.org', `esdb+discover://u:p@cluster.example.org?${CLUSTER}`],
    ['esdb://u:p,q@a?tls=false', 'esdb://u:p,q@a?tls=false'],
  ] as const)
    assert.is(withClusterSettings(given), used);
});

test('has the last word about how a cluster is watched', () => {
  const given = 'esdb://a,b?keep_alive_interval=-1&KeepAliveTimeout=9&gossipTimeout=1&tls=false';
  assert.is(withClusterSettings(given), `${given}&discoveryInterval=500&maxDiscoverAttempts=6`);
});

test.run();
