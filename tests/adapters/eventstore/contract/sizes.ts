import * as assert from 'uvu/assert';
import { MAX_APPEND_BYTES } from '../../../../src/ports/eventStore.ts';
import { codeOf, collect, event, eventsOf, ids, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

export const sizes: Clauses = (test, underTest) => {
  test(
    'takes 1 and 1,000 events in one append',
    withLog(underTest, async (log) => {
      for (const count of [1, 1_000]) {
        const stream = newStream();
        const batch = eventsOf(count);
        assert.is((await log.append(stream, batch, 'no_stream')).revision, BigInt(count - 1));
        assert.equal(await collect(log.readStream(stream)).then(ids), ids(batch));
      }
    }),
  );

  test(
    'takes 10,000 events in several appends and gives them back in batches of bounded size',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const all = eventsOf(10_000);
      for (let from = 0; from < all.length; from += 1_000)
        await log.append(stream, all.slice(from, from + 1_000), from === 0 ? 'no_stream' : BigInt(from - 1));
      const read: string[] = [];
      for await (const batch of log.readStream(stream)) {
        assert.ok(batch.length > 0 && batch.length <= 1_000, `a batch of ${batch.length}`);
        read.push(...ids(batch));
      }
      assert.equal(read, ids(all));
    }),
  );

  test(
    'takes an append of exactly 1,000,000 bytes and not one byte more, counted in UTF-8',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const type = 'Large';
      const rest = Buffer.byteLength(JSON.stringify({ text: 'ü' })) + Buffer.byteLength('{"v":1}') + 2 * type.length;
      const of = (bytes: number) => event({ text: `ü${'x'.repeat(bytes - rest)}` }, type);
      assert.is(await codeOf(log.append(stream, [of(MAX_APPEND_BYTES + 1)], 'no_stream')), 'APPEND_TOO_LARGE');
      const halves = [of(MAX_APPEND_BYTES / 2), of(MAX_APPEND_BYTES / 2 + 1)];
      assert.is(await codeOf(log.append(stream, halves, 'no_stream')), 'APPEND_TOO_LARGE');
      assert.equal(await collect(log.readStream(stream)), []);
      const largest = of(MAX_APPEND_BYTES);
      await log.append(stream, [largest], 'no_stream');
      const [stored] = await collect(log.readStream(stream));
      assert.equal(stored?.data, largest.data);
    }),
  );

  test(
    'gives back every text as it was: NUL, halves of characters, emoji, line feeds, quotes',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const texts = ['a\u0000b', 'lone \ud83d high', 'lone \udc00 low', '📞👩🏽‍💻', 'Δοκιμή', '\n\r\t"\\{},[]', ''];
      const batch = texts.map((text) => ({ ...event({ text, [text]: [text] }), metadata: { v: 1, text } }));
      await log.append(stream, batch, 'no_stream');
      const stored = await collect(log.readStream(stream));
      assert.equal(
        stored.map(({ data }) => data),
        batch.map(({ data }) => data),
      );
      assert.equal(
        stored.map(({ metadata }) => metadata),
        batch.map(({ metadata }) => metadata),
      );
    }),
  );

  test(
    'keeps the order of keys and every kind of JSON value',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const data = {
        z: 1,
        a: null,
        fields: [
          ['k', 'v'],
          ['k', 'v'],
        ],
        deep: { b: [true, 1.5e300, -0.1], a: {} },
      };
      await log.append(stream, [event(data)], 'no_stream');
      const [stored] = await collect(log.readStream(stream));
      assert.is(JSON.stringify(stored?.data), JSON.stringify(data));
    }),
  );
};
