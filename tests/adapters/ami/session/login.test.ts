import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { eventsOf, itemsUntil, sourceOf, untilError } from '../../../support/amiSource.ts';
import { eventually } from '../../../support/eventually.ts';
import { answerText, BANNER, eventText, type FakeClient, fakePbx, SECRET } from '../../../support/fakePbx.ts';
import { logLines } from '../../../support/logLines.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('the login to a PBX');

const pem = (name: string) => readFileSync(new URL(`../../../fixtures/tls/${name}`, import.meta.url), 'utf8');
const HANGUP = eventText('Hangup', { Uniqueid: '1.1', Linkedid: '1.1' });

test('answers the challenge; the secret is never on the wire', async () => {
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    client.send(HANGUP);
  });
  const items = await itemsUntil(sourceOf(pbx), (so) => so.at(-1)?.kind === 'frames');
  assert.equal(eventsOf(items), ['Hangup']);
  const [connected] = items;
  assert.ok(connected?.kind === 'connected' && connected.amiVersion === '11.0.0');
  assert.not.ok(pbx.clients[0]?.received.includes(SECRET));
  await pbx.close();
});

test('sends the secret where the PBX does not know the challenge', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    client.answer(await client.action(), 'Error', 'Message: Invalid/unknown command: Challenge.');
    const login = await client.action();
    assert.is(login?.get('secret'), SECRET);
    client.answer(login, 'Success', 'Message: Authentication accepted');
    await client.pong();
  });
  await itemsUntil(sourceOf(pbx), (items) => items.length > 0);
  assert.ok(pbx.clients[0]?.received.includes(`Secret: ${SECRET}`));
  await pbx.close();
});

test('does not send the secret when the challenge is refused for another reason', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    client.answer(await client.action(), 'Error', 'Message: Permission denied');
  });
  await untilError(sourceOf(pbx), 'AMI_LOGIN_REFUSED');
  assert.not.ok(pbx.clients[0]?.received.includes(SECRET));
  await pbx.close();
});

test('sends the secret at once when it was asked for', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    const login = await client.action();
    assert.is(login?.get('action'), 'Login');
    client.answer(login, 'Success', 'Message: Authentication accepted');
    await client.pong();
  });
  await itemsUntil(sourceOf(pbx, { login: 'plain' }), (items) => items.length > 0);
  assert.not.ok(pbx.clients[0]?.received.includes('Challenge'));
  await pbx.close();
});

test('a wrong password is said once, shown as such, and tried again slowly', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    await client.logIn();
  });
  const { logger, lines } = logLines();
  const source = sourceOf(pbx, { secret: 'wrong-one', logger, timings: { refusedMinMs: 40, refusedMaxMs: 40 } });
  const stop = new AbortController();
  const started = performance.now();
  const running = (async () => {
    for await (const item of source.items(stop.signal)) assert.is(item.kind, 'unreached');
  })();
  await eventually('a fourth try', () => pbx.clients.length >= 4);
  assert.ok(performance.now() - started >= 3 * 40, 'it came back before the time was over');
  assert.is(source.state().state, 'refused');
  assert.is(source.state().lastError, 'AMI_LOGIN_REFUSED');
  assert.match(source.state().detail, /user name or password/);
  assert.is(lines.filter((line) => line.includes('AMI_LOGIN_REFUSED')).length, 1);
  assert.not.ok(lines.some((line) => line.includes('wrong-one') || line.includes('127.0.0.1')));
  stop.abort();
  await running;
  assert.is(source.state().state, 'stopped');
  await pbx.close();
});

for (const [who, greeting] of [
  ['a web server', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['another product', 'OpenPBX Manager/1.0\r\n'],
  ['a peer that begins with an event', 'Event: Hangup\r\n\r\n'],
] as const) {
  test(`sends nothing at all to ${who}`, async () => {
    const pbx = await fakePbx((client) => client.send(greeting));
    const source = sourceOf(pbx, { timings: { answerMs: 100 } });
    await untilError(source, greeting.startsWith('Event') ? 'AMI_NO_BANNER' : 'AMI_NOT_ASTERISK');
    assert.is(pbx.clients[0]?.received, '');
    await pbx.close();
  });
}

for (const greeting of [
  'Asterisk Call Manager/2.0.0',
  'Asterisk Call Manager Proxy/1.22',
  'My Proxy Call Manager/2.10.4',
]) {
  test(`logs in where the greeting is "${greeting}"`, async () => {
    const pbx = await fakePbx(async (client) => {
      client.send(`${greeting}\r\n`);
      await client.logIn();
      await client.pong();
    });
    const [item] = await itemsUntil(sourceOf(pbx), (items) => items.length > 0);
    assert.ok(item?.kind === 'connected' && item.amiVersion === greeting.split('/')[1]);
    await pbx.close();
  });
}

for (const greeting of ['Asterisk Call Manager/1.1', 'Asterisk Call Manager/1.3']) {
  test(`refuses an Asterisk before 12 by its greeting "${greeting}", and sends it nothing`, async () => {
    const pbx = await fakePbx((client) => client.send(`${greeting}\r\n`));
    const { logger, lines } = logLines();
    await untilError(sourceOf(pbx, { logger }), 'AMI_TOO_OLD');
    assert.ok(lines.some((line) => line.includes('Asterisk 12 or newer is needed')));
    assert.is(pbx.clients[0]?.received, '');
    await pbx.close();
  });
}

test('a peer that says nothing is named, and gets nothing', async () => {
  const pbx = await fakePbx(() => {});
  await untilError(sourceOf(pbx, { timings: { answerMs: 50 } }), 'AMI_NO_BANNER');
  assert.is(pbx.clients[0]?.received, '');
  await pbx.close();
});

test('a peer that closes without a greeting is named', async () => {
  const pbx = await fakePbx((client) => client.socket.end());
  await untilError(sourceOf(pbx), 'AMI_NO_BANNER');
  await pbx.close();
});

test('a login that is never answered ends after its time, not never', async () => {
  const pbx = await fakePbx((client) => client.send(BANNER));
  await untilError(sourceOf(pbx, { timings: { answerMs: 50 } }), 'AMI_TIMEOUT');
  await pbx.close();
});

test('a connection that closes during the login is named', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    await client.action();
    client.socket.end();
  });
  await untilError(sourceOf(pbx), 'AMI_CONNECTION_LOST');
  await pbx.close();
});

test('garbage instead of the login answer ends in a named error', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    await client.action();
    client.send('Hello: and welcome\r\nno colon here\r\n\r\n'.repeat(50));
  });
  await untilError(sourceOf(pbx, { timings: { answerMs: 100 } }), 'AMI_TIMEOUT');
  await pbx.close();
});

test('the greeting may come in two reads, cut anywhere', async () => {
  const cuts = Array.from({ length: BANNER.length - 1 }, (_, i) => i + 1);
  for (const cut of cuts) {
    const pbx = await fakePbx(async (client) => {
      client.send(BANNER.slice(0, cut));
      await flushed(client);
      client.send(BANNER.slice(cut));
      await client.logIn();
      await client.pong();
    });
    const [item] = await itemsUntil(sourceOf(pbx), (items) => items.length > 0);
    assert.is(item?.kind, 'connected', `cut at ${cut}`);
    await pbx.close();
  }
});

test('greeting, answers and events may come byte by byte', async () => {
  const pbx = await fakePbx(async (client) => {
    client.isTrickling = true;
    await client.welcome();
    client.send(HANGUP.repeat(3));
  });
  const items = await itemsUntil(sourceOf(pbx), (so) => eventsOf(so).length === 3);
  assert.is(items[0]?.kind, 'connected');
  await pbx.close();
});

test('events in the same write as the login answer are not lost', async () => {
  const pbx = await fakePbx(async (client) => {
    client.send(BANNER);
    client.answer(await client.action(), 'Success', 'Challenge: 1');
    const login = await client.action();
    client.send(answerText(login, 'Success', 'Message: Authentication accepted') + HANGUP.repeat(5));
    await client.pong();
  });
  const items = await itemsUntil(sourceOf(pbx), (so) => so.length > 1);
  assert.is(items[0]?.kind, 'connected');
  assert.is(eventsOf(items).length, 5);
  await pbx.close();
});

test('over TLS, to a PBX with a certificate of the given authority, made out to its name or address', async () => {
  const pbx = await fakePbx((client) => client.welcome(), { tls: { key: pem('pbx.key'), cert: pem('pbx.pem') } });
  for (const tls of [{ ca: pem('ca.pem') }, { ca: pem('ca.pem'), servername: 'pbx.test' }]) {
    const [item] = await itemsUntil(sourceOf(pbx, { tls }), (items) => items.length > 0);
    assert.is(item?.kind, 'connected');
  }
  await pbx.close();
});

for (const [what, tls] of [
  ['of an authority that is not trusted', { ca: pem('other-ca.pem') }],
  ['of an authority that the system does not know', {}],
  ['made out to another name', { ca: pem('ca.pem'), servername: 'pbx.example' }],
] as const) {
  test(`a certificate ${what} is refused before a word is said`, async () => {
    const pbx = await fakePbx((client) => client.welcome(), { tls: { key: pem('pbx.key'), cert: pem('pbx.pem') } });
    await untilError(sourceOf(pbx, { tls }), 'AMI_TLS');
    assert.ok(pbx.clients.every(({ received }) => received === ''));
    await pbx.close();
  });
}

test('TLS to a port that speaks none is named', async () => {
  const pbx = await fakePbx((client) => client.send(BANNER));
  await untilError(sourceOf(pbx, { tls: { ca: pem('ca.pem') } }), 'AMI_TLS');
  await pbx.close();
});

test('TLS to a peer that says nothing ends after its time', async () => {
  const pbx = await fakePbx(() => {});
  await untilError(sourceOf(pbx, { tls: {}, timings: { connectMs: 50 } }), 'AMI_TLS');
  await pbx.close();
});

test('a port where nobody listens is named', async () => {
  const pbx = await fakePbx(() => {});
  await pbx.close();
  await untilError(sourceOf(pbx), 'AMI_UNREACHABLE');
});

test('a host that does not exist is named', async () => {
  await untilError(sourceOf({ host: 'pbx.invalid', port: 5038 }), 'AMI_UNREACHABLE');
});

function flushed(client: FakeClient): Promise<void> {
  return new Promise((resolve) => client.socket.write('', () => setImmediate(resolve)));
}

test.run();
