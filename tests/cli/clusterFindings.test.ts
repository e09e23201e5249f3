import * as assert from 'uvu/assert';
import type { ClusterMember } from '../../src/adapters/eventstore/index.ts';
import { clusterFindings } from '../../src/cli/doctor/clusterFindings.ts';
import { suite } from '../support/suite.ts';

const test = suite('what doctor says of a cluster of EventStoreDB');
const node = (host: string, state: string, more: Partial<ClusterMember> = {}): ClusterMember => ({
  host: `${host}:2113`,
  state,
  isAlive: true,
  unreachable: null,
  ...more,
});
const said = (members: readonly ClusterMember[], isNamedAsCluster = true, silent: readonly string[] = []) =>
  [...clusterFindings({ members, silent: silent.map((host) => ({ host, why: 'ENOTFOUND' })) }, isNamedAsCluster)].map(
    ({ level, what, advice = '' }) => `${level}: ${what} → ${advice}`,
  );

test('names the nodes and the leader', () => {
  assert.equal(said([node('a', 'Leader'), node('b', 'Follower'), node('c', 'Follower')]), [
    'ok: the cluster of EventStoreDB has 3 nodes: a:2113 (leader), b:2113 (follower), c:2113 (follower) → ',
  ]);
});

test('names a node that is away, and says that nobody leads when too many are', () => {
  const away = node('c', 'Unknown', { isAlive: false });
  const [, missing] = said([node('a', 'Leader'), node('b', 'Follower'), away]);
  assert.match(missing ?? '', /^warn: node c:2113 of EventStoreDB is away → .*supervisor/);
  const [nobody] = said([node('a', 'Unknown'), node('b', 'Leader', { isAlive: false }), away]);
  assert.match(nobody ?? '', /^fail: .*b:2113 \(away\).*; none of them leads → .* 2 of them/);
});

test('names what does not fit: a name of a node, a host of EVENTSTORE_URL, one host for a cluster', () => {
  const odd = node('10.0.0.3', 'Follower', { unreachable: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  const [, name, host] = said([node('a', 'Leader'), odd], true, ['x:2113', 'a:2113']);
  assert.match(name ?? '', /^fail: .* tell of 10\.0\.0\.3:2113.* → .*--node-host-advertise-as/);
  assert.match(host ?? '', /^warn: x:2113 of EVENTSTORE_URL .* ENOTFOUND/);
  assert.match(said([node('a', 'Leader'), node('b', 'Follower')], false)[1] ?? '', /names one node .* a:2113,b:2113$/);
});

test('has nothing to say of a single server', () => {
  assert.equal(said([node('a', 'Leader')], false), []);
  assert.equal(said([], false, ['a:2113']), []);
});

test.run();
