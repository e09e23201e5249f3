import { existsSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { CONFIG_VARIABLES, loadConfig } from '../../src/config.ts';
import { suite } from '../support/suite.ts';
import { composeOf, read, settingsOf } from './compose.ts';

const test = suite('the deployment files');
const root = new URL('../../', import.meta.url);
const compose = composeOf();
const { commslog: app, postgres, eventstore } = compose.services;
const example = settingsOf(read('.env.example'));
const known = new Map(CONFIG_VARIABLES.map((variable) => [variable.name, variable.default]));

function of<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('it is missing');
  return found;
}

test('compose starts the program beside an EventStoreDB of 24.2 or newer and a PostgreSQL, once both are healthy', () => {
  assert.equal(Object.keys(compose.services).sort(), ['commslog', 'eventstore', 'postgres']);
  for (const [name, { condition }] of Object.entries(of(app).depends_on ?? {})) {
    assert.is(condition, 'service_healthy');
    assert.ok(compose.services[name]?.healthcheck, `${name} says whether it is healthy`);
  }
  const [, year = 0, month = 0] = /^eventstore\/eventstore:(\d+)\.(\d+)\./.exec(of(eventstore).image ?? '') ?? [];
  assert.ok(Number(year) * 100 + Number(month) >= 2402, of(eventstore).image);
  const [, major = 0] = /^postgres:(\d+)/.exec(of(postgres).image ?? '') ?? [];
  assert.ok(Number(major) >= 15, of(postgres).image);
});

test('every variable that compose gives the program is one of its settings, and they are a configuration', () => {
  const { environment } = of(app);
  for (const name of Object.keys(environment)) assert.ok(known.has(name), name);
  const config = loadConfig(environment);
  assert.equal(config.pbxs, []);
  const urls = [of(config.DATABASE_URL), of(config.EVENTSTORE_URL)].map((url) => new URL(url));
  assert.equal(
    urls.map((url) => url.hostname),
    ['postgres', 'eventstore'],
  );
  const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = of(postgres).environment;
  const [database] = urls;
  assert.equal(
    [database?.username, database?.password, database?.pathname],
    [POSTGRES_USER, POSTGRES_PASSWORD, `/${POSTGRES_DB}`],
  );
});

test('the password in .env is the one that both sides of the database use', () => {
  const { services } = composeOf({ POSTGRES_PASSWORD: 'chosen' });
  assert.is(services.postgres?.environment.POSTGRES_PASSWORD, 'chosen');
  assert.is(new URL(of(services.commslog?.environment.DATABASE_URL)).password, 'chosen');
});

test('only the web app is published, on loopback alone, where PUBLIC_URL says that it is', () => {
  const published = Object.entries(compose.services).flatMap(([name, service]) =>
    (service.ports ?? []).map((port) => `${name} ${port}`),
  );
  const config = loadConfig(of(app).environment);
  const url = new URL(of(config.PUBLIC_URL));
  assert.equal(published, [`commslog 127.0.0.1:${url.port}:${config.HTTP_PORT}`]);
  assert.is(url.hostname, 'localhost');
});

test('every volume is declared, and what must last is in one', () => {
  const mounts = Object.values(compose.services).flatMap((service) => service.volumes);
  assert.equal(mounts.map((mount) => mount.split(':')[0]).sort(), Object.keys(compose.volumes).sort());
  const config = loadConfig(of(app).environment);
  assert.ok(of(app).volumes.some((mount) => mount.endsWith(`:${config.DATA_DIR}`)));
  assert.ok(config.RULES_FILE.startsWith(`${config.DATA_DIR}/`));
});

test('.env.example names every setting once, shows its default, and nothing else but the database’s password', () => {
  assert.equal(example.map(({ name }) => name).sort(), [...known.keys(), 'POSTGRES_PASSWORD'].sort());
  for (const { name, value, active } of example) {
    const fallback = known.get(name);
    if (!active && fallback) assert.is(value, fallback, name);
  }
});

test('.env.example is a configuration as it stands, and each line that is commented out is a valid value', () => {
  const active = Object.fromEntries(example.filter((one) => one.active).map(({ name, value }) => [name, value]));
  assert.equal(loadConfig(active).pbxs, []);
  const files = ['AMI_PASSWORD_FILE', 'AMI_TLS_CA_FILE', 'CONFIG_FILE'];
  const rest = example.filter(({ name }) => name !== 'POSTGRES_PASSWORD' && !files.includes(name));
  assert.ok(loadConfig(Object.fromEntries(rest.map(({ name, value }) => [name, value]))));
});

test('the image is built from files that exist and are not ignored, and runs `commslog serve` as a user without rights', () => {
  const dockerfile = read('Dockerfile');
  const kept = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
  assert.equal([...new Set(copied)].sort(), [...kept].sort());
  for (const path of copied) assert.ok(existsSync(new URL(path, root)), path);

  const last = dockerfile.split(/^FROM /m).at(-1) ?? '';
  assert.match(last, /^USER node$/m);
  assert.match(last, /^HEALTHCHECK .*\\\n.*\/livez/m);
  assert.match(last, /^CMD \["node", "bin\/commslog", "serve"\]$/m);
  assert.match(read('src/cli/main.ts'), /\.command\('serve'\)/);
  const [, block = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(last) ?? [];
  const settings = Object.fromEntries(
    [...block.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  );
  for (const name of Object.keys(settings)) assert.ok(known.has(name) || name === 'NODE_ENV', name);
  assert.is(loadConfig(settings).DATA_DIR, of(app).environment.DATA_DIR);
});

test('what the comments of compose tell to set for TLS and a cluster is accepted', () => {
  const urls = [...read('docker-compose.yml').matchAll(/^#\s+EVENTSTORE_URL: (\S+)$/gm)].map(([, url = '']) => url);
  assert.is(urls.length, 2);
  for (const url of urls) assert.is(loadConfig({ EVENTSTORE_URL: url }).EVENTSTORE_URL, url);
});

test.run();
