import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import express from 'express';
import * as assert from 'uvu/assert';
import { readCustomerLines } from '../../src/http/files/customerLines.ts';
import { download } from '../../src/http/files/download.ts';
import { suite } from '../support/suite.ts';
import { open } from './support/ask.ts';

const test = suite('files that go out and come in');

/** Whoever fetches a download of these pieces, where one that gives none for `silentMs` is broken off. */
async function fetched(pieces: AsyncIterable<string>, silentMs: number) {
  const app = express().get('/', async (_request, response) => {
    const reply = await download({ type: 'text/csv', filename: 'calls.csv' }, pieces, silentMs);
    if ('stream' in reply) await reply.stream(response);
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const response = await open(typeof address === 'object' && address ? address.port : 0, { path: '/' });
  return { response, server };
}

test('a download of which nothing comes any more is broken off, so that nobody takes a part for the whole', async () => {
  let ended = false;
  async function* oneAndNoMore() {
    yield 'a first line\n';
    await new Promise((resolve) => closed.signal.addEventListener('abort', resolve));
    ended = true;
  }
  const closed = new AbortController();
  const { response, server } = await fetched(oneAndNoMore(), 100);
  response.resume();
  const [error] = await once(response, 'error');
  assert.match(String(error), 'aborted');
  assert.not(response.complete);
  assert.not(ended);
  closed.abort();
  server.close();
});

test('a download that looks for its next line for long goes on as long as it says so', async () => {
  async function* seldom() {
    yield 'a first line\n';
    for (let n = 0; n < 20; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      yield '';
    }
    yield 'a last line\n';
  }
  const { response, server } = await fetched(seldom(), 1_000);
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece;
  assert.is(text, 'a first line\na last line\n');
  server.close();
});

test('customers that have come in already are handed out with turns for others in between', async () => {
  const pieces = 20;
  const sent = Readable.from(Array.from({ length: pieces }, () => Buffer.from('{"id":"c-1"}\n'.repeat(100))));
  const body = { is: () => 'application/x-ndjson', headers: {}, iterator: () => sent.iterator() };
  let [turns, isDone] = [0, false];
  const others = () => {
    turns += 1;
    if (!isDone) setImmediate(others);
  };
  setImmediate(others);
  let lines = 0;
  for await (const _ of (await readCustomerLines(body)).lines) lines += 1;
  isDone = true;
  assert.is(lines, pieces * 100);
  assert.ok(turns >= pieces, `others had ${turns} turns`);
});

test.run();
