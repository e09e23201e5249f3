// Readers of the live feed, in a process of their own: argv is the server's address and how many of them do not read.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { openFeed } from '../servers/requests.ts';
import { type Read, tokensSchema } from './messages.ts';

const [url = '', slow = '0'] = process.argv.slice(2);

const [message] = await once(process, 'message');
const tokens = tokensSchema.parse(message);
const feeds = await Promise.all(tokens.map((token) => openFeed(url, token)));
const readers = feeds.slice(Number(slow)).map(read);
for (const feed of feeds.slice(0, Number(slow))) feed.on('error', () => {});
process.send?.('connected');
await once(process, 'message');
process.send?.(readers.map((reader) => reader()));

/** Reads a feed; tells what came of it so far. */
function read(feed: IncomingMessage): () => Read {
  let [changes, last, gaps, ended, rest] = [0, 0, 0, false, ''];
  feed.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, id] = /^id: \d+:(\d+)$/.exec(line) ?? [];
      if (id === undefined) continue;
      if (last !== 0 && Number(id) !== last + 1) gaps += 1;
      changes += 1;
      last = Number(id);
    }
  });
  feed.on('error', () => {});
  feed.on('close', () => {
    ended = true;
  });
  return () => ({ changes, gaps, ended });
}
