import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CONFIG_VARIABLES, loadConfig } from '../src/config.ts';
import { CommslogError } from '../src/errors.ts';
import { suite } from './support/suite.ts';

const test = suite('the configuration');
const folder = mkdtempSync(join(tmpdir(), 'commslog-config-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const file = (content: unknown) => {
  const path = join(folder, 'commslog.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
  return path;
};

function refusal(environment: Record<string, string>): CommslogError {
  try {
    loadConfig(environment);
  } catch (error) {
    assert.instance(error, CommslogError);
    return error as CommslogError;
  }
  throw new Error('was accepted');
}

test('needs nothing: without any setting it listens to no PBX and keeps its data in ./data', () => {
  const config = loadConfig({});
  assert.equal(config.pbxs, []);
  assert.is(config.DATA_DIR, './data');
  assert.is(config.HTTP_HOST, '127.0.0.1');
  assert.is(config.HTTP_PORT, 8080);
});

test('takes one PBX from the environment, its secret from a file', () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 's3cret\n', { mode: 0o600 });
  const config = loadConfig({ AMI_HOST: 'pbx.example', AMI_USERNAME: 'crm', AMI_PASSWORD_FILE: secret });
  assert.equal(config.pbxs, [
    {
      id: 'pbx',
      host: 'pbx.example',
      port: 5038,
      username: 'crm',
      password: 's3cret',
      tls: null,
      timezone: null,
      originate: null,
      cdrDatabaseUrl: null,
    },
  ]);
});

test('takes several PBXs from the file', () => {
  const path = file({
    HTTP_PORT: 9000,
    pbx: [
      { id: 'athens', host: 'a', username: 'u', password: 'p' },
      { id: 'patras', host: 'b', username: 'u', password: 'p', port: 5039, tls: true },
    ],
  });
  const config = loadConfig({ CONFIG_FILE: path });
  assert.equal(
    config.pbxs.map((pbx) => [pbx.id, pbx.port, pbx.tls]),
    [
      ['athens', 5038, null],
      ['patras', 5039, { ca: null }],
    ],
  );
  assert.is(config.HTTP_PORT, 9000);
});

test('lets the environment win over the file', () => {
  assert.is(loadConfig({ CONFIG_FILE: file({ HTTP_PORT: 9000 }), HTTP_PORT: '9001' }).HTTP_PORT, 9001);
});

test('takes the URL of one event store, of a cluster with its hosts, and of one that DNS names', () => {
  const right = ['es:2113?tls=false', 'u:p@es', 'u:p@a:2113,b:2113,c:2113?tls=true&tlsCAFile=/ca.crt', 'a,b/'];
  for (const rest of right)
    assert.is(loadConfig({ EVENTSTORE_URL: `esdb://${rest}` }).EVENTSTORE_URL, `esdb://${rest}`);
  assert.ok(loadConfig({ EVENTSTORE_URL: 'esdb+discover://u:p@cluster.example:2113' }));
  for (const wrong of ['esdb://', 'esdb://u:p@', 'esdb://a,,b', 'http://es:2113', 'esdb://es:2113 ']) {
    assert.is(refusal({ EVENTSTORE_URL: wrong }).fields[0]?.pointer, '#/EVENTSTORE_URL', wrong);
  }
});

test('takes addresses and networks of proxies, by default this machine, and nothing that would believe everybody', () => {
  const TRUST_PROXY = 'loopback, 10.0.0.7, 192.0.2.0/24,2001:db8::/32';
  assert.equal(loadConfig({ TRUST_PROXY }).TRUST_PROXY, ['loopback', '10.0.0.7', '192.0.2.0/24', '2001:db8::/32']);
  assert.equal(loadConfig({}).TRUST_PROXY, ['loopback']);
  const all = ['true', '1', '0.0.0.0/0', '::/0', '10.0.0.7, ::/00'];
  const inIPv6 = [
    '::ffff:10.0.0.0/120',
    '::FFFF:0:0/96',
    '0:0:0:0:0:ffff:0a00:0/96',
    '0::ffff:0a00:1/128',
    '::/64',
    '::/1',
  ];
  for (const wrong of [...all, ...inIPv6, 'proxy.example', '10.0.0.0/33', '0.0.0']) {
    assert.match(refusal({ TRUST_PROXY: wrong }).message, 'addresses of proxies, networks such as', wrong);
  }
  assert.is(refusal({ CONFIG_FILE: file({ TRUST_PROXY: true }) }).fields[0]?.pointer, '#/TRUST_PROXY/0');
});

test('names every wrong variable and what it must be', () => {
  assert.match(refusal({ COUNTRY: 'XX' }).message, 'COUNTRY: two capital letters');
  const error = refusal({ AMI_PORT: 'seventy', DATABASE_URL: 'mysql://x', COUNTRY: 'Greece' });
  assert.equal(error.fields.map((field) => field.pointer).sort(), ['#/AMI_PORT', '#/COUNTRY', '#/DATABASE_URL']);
  assert.match(error.message, 'postgres://');
});

test('takes whole hours to roll back, none for no end, and says so of anything else', () => {
  assert.is(loadConfig({}).ROLLBACK_HOURS, 168);
  assert.is(loadConfig({ ROLLBACK_HOURS: '0' }).ROLLBACK_HOURS, 0);
  assert.is(loadConfig({ CONFIG_FILE: file({ ROLLBACK_HOURS: 24 }) }).ROLLBACK_HOURS, 24);
  for (const wrong of ['a week', '1.5', '-1', '87601']) {
    const { fields } = refusal({ ROLLBACK_HOURS: wrong });
    assert.is(fields[0]?.pointer, '#/ROLLBACK_HOURS', wrong);
    assert.match(fields[0]?.detail ?? '', 'whole hours from 0 (until dropped by hand) to 87600');
  }
});

test('takes whole days until the log is packed, none for never, and says so of anything else', () => {
  assert.is(loadConfig({}).PACK_AFTER_DAYS, 7);
  assert.is(loadConfig({ PACK_AFTER_DAYS: '0' }).PACK_AFTER_DAYS, 0);
  for (const wrong of ['a week', '0.5', '-1', '3651']) {
    const { fields } = refusal({ PACK_AFTER_DAYS: wrong });
    assert.is(fields[0]?.pointer, '#/PACK_AFTER_DAYS', wrong);
    assert.match(fields[0]?.detail ?? '', 'whole days from 0 (never) to 3650');
  }
});

test('never repeats a secret in an error', () => {
  const error = refusal({ DATABASE_URL: 'mysql://me:hunter2@db/x', AMI_HOST: 'h', AMI_PASSWORD: 'hunter2' });
  assert.not.match(`${error.message}${JSON.stringify(error.fields)}`, 'hunter2');
});

test('wants exactly one of the secret and its file', () => {
  const none = refusal({ AMI_HOST: 'h', AMI_USERNAME: 'u' });
  assert.equal(none.fields[0]?.pointer, '#/AMI_PASSWORD');
  const both = refusal({ AMI_HOST: 'h', AMI_USERNAME: 'u', AMI_PASSWORD: 'p', AMI_PASSWORD_FILE: '/f' });
  assert.equal(both.fields[0]?.pointer, '#/AMI_PASSWORD');
});

test('refuses an unknown key, a doubled or reserved PBX id, a missing file and a file that is no JSON', () => {
  const pbx = { id: 'a', host: 'h', username: 'u', password: 'p' };
  assert.equal(refusal({ CONFIG_FILE: file({ HTTP_PROT: 1 }) }).fields[0], {
    pointer: '#/HTTP_PROT',
    detail: 'no such setting',
  });
  assert.is(refusal({ CONFIG_FILE: file({ pbx: [pbx, pbx] }) }).fields[0]?.pointer, '#/pbx');
  assert.is(refusal({ CONFIG_FILE: file({ pbx: [{ ...pbx, id: 'demo' }] }) }).fields[0]?.pointer, '#/pbx/0/id');
  assert.is(refusal({ CONFIG_FILE: join(folder, 'absent.json') }).fields[0]?.pointer, '#/CONFIG_FILE');
  assert.match(refusal({ CONFIG_FILE: file('{') }).message, 'not JSON');
});

test('wants the three settings of a token issuer together', () => {
  assert.is(refusal({ JWT_ISSUER: 'x' }).fields[0]?.pointer, '#/JWT_JWKS_URL');
});

test('takes no issuer that its subjects could not be told from', () => {
  for (const JWT_ISSUER of ['https://id.example#a', 'x\u202e', 'x'.repeat(256)]) {
    assert.is(refusal({ JWT_ISSUER }).fields[0]?.pointer, '#/JWT_ISSUER');
  }
});

test('describes every variable', () => {
  for (const variable of CONFIG_VARIABLES) assert.ok(variable.description.length >= 10, variable.name);
});

test('an account that begins calls is complete, and a file that holds its password is nobody else’s', () => {
  const base = { AMI_HOST: 'h', AMI_USERNAME: 'u', AMI_PASSWORD: 'p' };
  const dialler = { AMI_ORIGINATE_USERNAME: 'dialler', AMI_ORIGINATE_PASSWORD: 'q' };
  assert.equal(loadConfig({ ...base, ...dialler }).pbxs[0]?.originate, { username: 'dialler', password: 'q' });
  assert.is(loadConfig(base).pbxs[0]?.originate, null);
  const halves: Record<string, string>[] = [
    { AMI_ORIGINATE_USERNAME: 'dialler' },
    { AMI_ORIGINATE_PASSWORD: 'q' },
    { ...dialler, AMI_ORIGINATE_PASSWORD_FILE: '/f' },
  ];
  for (const half of halves) assert.match(refusal({ ...base, ...half }).message, 'AMI_ORIGINATE_');
});

test.run();
