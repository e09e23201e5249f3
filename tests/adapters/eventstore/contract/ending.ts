import * as assert from 'uvu/assert';
import { codeOf, collect, event, eventsOf, follow, ids, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

export const ending: Clauses = (test, underTest) => {
  test(
    'has no events in a stream that was ended for ever, and takes none, whatever is expected',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const batch = eventsOf(3);
      await log.append(stream, batch, 'no_stream');
      await log.erase([stream]);
      assert.equal(await collect(log.readStream(stream)), []);
      assert.equal(await collect(log.readStream(stream, { direction: 'backwards', limit: 1 })), []);
      for (const expected of ['no_stream', 2n, 7n] as const)
        assert.is(await codeOf(log.append(stream, [event()], expected)), 'STREAM_DELETED');
      assert.is(await codeOf(log.append(stream, batch, 'no_stream')), 'STREAM_DELETED');
    }),
  );

  test(
    'reads and follows the log across a stream that was ended for ever',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const [erased, kept] = [newStream(), newStream()];
      await log.append(kept, eventsOf(1), 'no_stream');
      await log.append(erased, eventsOf(3), 'no_stream');
      await log.append(kept, eventsOf(1), 0n);
      await log.erase([erased, newStream()]);
      await log.append(kept, eventsOf(1), 1n);
      const ofKept = (events: readonly { stream: string; id: string }[]) =>
        ids(events.filter(({ stream }) => stream === kept));
      const stored = ids(await collect(log.readStream(kept)));
      assert.equal(ofKept(await collect(log.readAll(start))), stored);
      const follower = follow(log, start, { streamPrefixes: [kept] });
      assert.equal(ids(await follower.until(3)), stored);
      await follower.stop();
    }),
  );

  test(
    'closes a stream that never was, however often it is erased, and leaves its neighbours alone',
    withLog(underTest, async (log) => {
      const [never, kept] = [newStream(), newStream()];
      await log.append(kept, eventsOf(2), 'no_stream');
      await log.erase([never, never]);
      await log.erase([never]);
      assert.equal(await collect(log.readStream(never)), []);
      assert.is(await codeOf(log.append(never, [event()], 'no_stream')), 'STREAM_DELETED');
      const { revision } = await log.append(kept, eventsOf(1), 1n);
      assert.is(revision, 2n);
      assert.is((await collect(log.readStream(kept))).length, 3);
    }),
  );

  test(
    'makes single facts say nothing where it can, and the stream goes on',
    withLog(underTest, async (log) => {
      if (log.eraseEvents === null) return;
      const stream = newStream();
      const batch = eventsOf(3);
      await log.append(stream, batch, 'no_stream');
      await log.eraseEvents(stream, [1n, 2n]);
      await log.eraseEvents(stream, [2n]);
      const stored = await collect(log.readStream(stream));
      assert.equal(ids(stored), ids(batch));
      assert.equal(
        stored.slice(1).map(({ type, data, metadata }) => ({ type, data, metadata })),
        batch.slice(1).map(({ metadata }) => ({ type: 'FactErased', data: { fields: [] }, metadata })),
      );
      assert.is((await log.append(stream, batch.slice(1), 0n)).revision, 2n);
      assert.is((await log.append(stream, eventsOf(1), 2n)).revision, 3n);
    }),
  );

  test(
    'has no events in a stream that was deleted softly, and goes on with its numbers',
    withLog(underTest, async (log, under) => {
      if (under.softDelete === undefined) return;
      const stream = newStream();
      await log.append(stream, eventsOf(3), 'no_stream');
      await under.softDelete(stream);
      assert.equal(await collect(log.readStream(stream)), []);
      const again = [event()];
      assert.is((await log.append(stream, again, 'no_stream')).revision, 3n);
      assert.equal(ids(await collect(log.readStream(stream))), ids(again));
    }),
  );
};
