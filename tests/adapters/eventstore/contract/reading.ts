import * as assert from 'uvu/assert';
import { collect, eventsOf, ids, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

export const reading: Clauses = (test, underTest) => {
  test(
    'has no events in a stream that does not exist',
    withLog(underTest, async (log) => {
      assert.equal(await collect(log.readStream(newStream())), []);
      assert.equal(await collect(log.readStream(newStream(), { direction: 'backwards', limit: 1 })), []);
    }),
  );

  test(
    'reads a stream from any revision, both ways, up to a limit',
    withLog(underTest, async (log) => {
      const stream = newStream();
      await log.append(stream, eventsOf(1_100), 'no_stream');
      const revisions = async (options: Parameters<typeof log.readStream>[1]) =>
        (await collect(log.readStream(stream, options))).map(({ revision }) => Number(revision));
      assert.equal(await revisions({ from: 1_097n }), [1_097, 1_098, 1_099]);
      assert.equal(await revisions({ from: 5_000n }), []);
      assert.equal(await revisions({ limit: 2 }), [0, 1]);
      assert.equal(await revisions({ direction: 'backwards', limit: 2 }), [1_099, 1_098]);
      assert.equal(await revisions({ direction: 'backwards', from: 1n }), [1, 0]);
      assert.equal(await revisions({ direction: 'backwards', from: 5_000n, limit: 1 }), [1_099]);
      assert.equal(
        await revisions({ direction: 'backwards' }),
        Array.from({ length: 1_100 }, (_, n) => 1_099 - n),
      );
      assert.is((await revisions({ limit: 1_050 })).length, 1_050);
    }),
  );

  test(
    'reads the whole log from a position (which is left out) to its end, in order',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const [one, two] = [newStream(), newStream('customer')];
      const first = await log.append(one, eventsOf(2), 'no_stream');
      await log.append(two, eventsOf(700), 'no_stream');
      const last = await log.append(one, eventsOf(2), first.revision);
      const all = await collect(log.readAll(start));
      assert.is(all.length, 704);
      assert.ok(all.every(({ position }, n) => n === 0 || position > (all[n - 1]?.position ?? 0n)));
      assert.is(all[1]?.position, first.position);
      assert.is(all[703]?.position, last.position);
      assert.is(await log.head(), last.position);
      assert.equal(ids(await collect(log.readAll(first.position))), ids(all.slice(2)));
      assert.equal(await collect(log.readAll(last.position)), []);
    }),
  );

  test(
    'reads only the streams whose name begins with one of the prefixes',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const [call, customer, other] = [newStream('call'), newStream('customer'), newStream('pbx')];
      await log.append(other, eventsOf(900), 'no_stream');
      await log.append(call, eventsOf(2), 'no_stream');
      await log.append(customer, eventsOf(3), 'no_stream');
      await log.append(other, eventsOf(1), 899n);
      const found = async (...streamPrefixes: string[]) =>
        (await collect(log.readAll(start, { streamPrefixes }))).map(({ stream }) => stream);
      assert.equal(await found('call-'), [call, call]);
      assert.equal(await found('call-', 'customer-'), [call, call, customer, customer, customer]);
      assert.equal(await found('cal%', 'c_ll-'), []);
    }),
  );

  test(
    'stops reading the whole log when it is told to',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const stream = newStream();
      await log.append(stream, eventsOf(1_500), 'no_stream');
      const stop = new AbortController();
      let read = 0;
      for await (const batch of log.readAll(start, undefined, stop.signal)) {
        read += batch.length;
        stop.abort();
      }
      assert.ok(read > 0 && read < 1_500, `read ${read}`);
    }),
  );
};
