import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { lookAtCluster } from '../../../src/adapters/eventstore/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what the nodes of EventStoreDB tell of their cluster');
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const LOGIN = `Basic ${Buffer.from('log:p@ss').toString('base64')}`;

type Told = { readonly host: string; readonly port: number; readonly state: string; readonly isAlive?: boolean };

/** A node that tells of others over HTTP. */
async function withNode(
  isSecure: boolean,
  body: (node: { port: number; tell: Told[]; logins: unknown[] }) => Promise<void>,
) {
  const node = { port: 0, tell: [] as Told[], logins: [] as unknown[] };
  const listener: RequestListener = (request, response) => {
    node.logins.push(request.headers.authorization);
    const members = node.tell.map(({ host, port, state, isAlive = true }) => ({
      state,
      isAlive,
      httpEndPointIp: host,
      httpEndPointPort: port,
    }));
    if (request.url === '/gossip') response.end(JSON.stringify({ members, serverIp: 'x' }));
    else response.writeHead(401).end();
  };
  const tls = { cert: readFileSync(fixture('pbx.pem')), key: readFileSync(fixture('pbx.key')) };
  const server: Server = isSecure ? createHttpsServer(tls, listener) : createHttpServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  node.port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await body(node);
  } finally {
    server.close();
  }
}

test('are their names, their states, and which of these names cannot be used from here', () =>
  withNode(true, async (node) => {
    const { port } = node;
    node.tell.push(
      { host: '127.0.0.1', port, state: 'Leader' },
      { host: 'localhost', port, state: 'Follower' },
      { host: '127.0.0.1', port: 1, state: 'Follower' },
      { host: 'away.example.org', port: 2113, state: 'Unknown', isAlive: false },
    );
    const url = `esdb://log:p%40ss@127.0.0.1:1,127.0.0.1:${port}?tlsCAFile=${fixture('ca.pem')}`;
    const { members, silent } = await lookAtCluster(url);
    assert.equal(members, [
      { host: `127.0.0.1:${port}`, state: 'Leader', isAlive: true, unreachable: null },
      { host: `localhost:${port}`, state: 'Follower', isAlive: true, unreachable: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      { host: '127.0.0.1:1', state: 'Follower', isAlive: true, unreachable: 'ECONNREFUSED' },
      { host: 'away.example.org:2113', state: 'Unknown', isAlive: false, unreachable: null },
    ]);
    assert.equal(silent, [{ host: '127.0.0.1:1', why: 'ECONNREFUSED' }]);
    assert.ok(node.logins.length > 1 && node.logins.every((login) => login === LOGIN));
  }));

test('are not asked for with a login where the authority is another', () =>
  withNode(true, async (node) => {
    const url = `esdb://log:p%40ss@127.0.0.1:${node.port}?tlsCAFile=${fixture('other-ca.pem')}`;
    const { members, silent } = await lookAtCluster(url);
    assert.equal(members, []);
    assert.match(silent[0]?.why ?? '', /SIGNATURE|ISSUER/);
    assert.equal(node.logins, []);
  }));

test('need no login without TLS, and what is no answer of EventStoreDB says so', () =>
  withNode(false, async (node) => {
    node.tell.push({ host: '127.0.0.1', port: node.port, state: 'Leader' });
    const { members } = await lookAtCluster(`esdb://127.0.0.1:${node.port}?tls=false`);
    assert.equal(members.length, 1);
    assert.equal([...new Set(node.logins)], [undefined]);
    node.tell.length = 0;
    assert.equal((await lookAtCluster(`esdb://127.0.0.1:${node.port}?tls=false`)).members, []);
  }));

test.run();
