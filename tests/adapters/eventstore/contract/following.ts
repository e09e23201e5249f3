import * as assert from 'uvu/assert';
import { event, eventsOf, follow, ids, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

export const following: Clauses = (test, underTest) => {
  test(
    'follows the log from a position: what is there, then what comes, in order, without gap or repeat',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const streams = Array.from({ length: 4 }, () => newStream());
      const sent: string[] = [];
      const append = async (round: number) => {
        for (const stream of streams) {
          const batch = eventsOf(50);
          await log.append(stream, batch, round === 0 ? 'no_stream' : BigInt(round * 50 - 1));
          sent.push(...ids(batch));
        }
      };
      await append(0);
      const follower = follow(log, start);
      for (let round = 1; round < 6; round += 1) await append(round);
      assert.equal(ids(await follower.until(sent.length)), sent);
      assert.is(await follower.stop(), undefined);
    }),
  );

  test(
    'goes on exactly behind any event',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const stream = newStream();
      await log.append(stream, eventsOf(6), 'no_stream');
      const all = follow(log, start);
      const events = [...(await all.until(6))];
      await all.stop();
      for (const [index, { position }] of events.entries()) {
        const rest = follow(log, position);
        const marker = event();
        await log.append(stream, [marker], BigInt(5 + index));
        const seen = await rest.until(6 - index);
        assert.equal(ids(seen).slice(0, 5 - index), ids(events).slice(index + 1));
        await rest.stop();
      }
    }),
  );

  test(
    'follows only the streams whose name begins with one of the prefixes',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const [call, other] = [newStream('call'), newStream('pbx')];
      const follower = follow(log, start, { streamPrefixes: ['call-'] });
      await log.append(other, eventsOf(600), 'no_stream');
      const wanted = eventsOf(2);
      await log.append(call, wanted, 'no_stream');
      assert.equal(ids(await follower.until(2)), ids(wanted));
      await follower.stop();
    }),
  );

  test(
    'serves several followers at once, a slow one too',
    withLog(underTest, async (log) => {
      const start = await log.head();
      const followers = [follow(log, start), follow(log, start, { streamPrefixes: ['call-'] })];
      const stop = new AbortController();
      const slowly: string[] = [];
      const slow = (async () => {
        for await (const batch of log.subscribe(start, undefined, stop.signal)) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          slowly.push(...ids(batch));
          if (slowly.length >= 400) return;
        }
      })();
      const stream = newStream();
      for (let n = 0; n < 40; n += 1)
        await log.append(stream, eventsOf(10), n === 0 ? 'no_stream' : BigInt(n * 10 - 1));
      for (const follower of followers) await follower.until(400);
      await slow;
      assert.equal(slowly, ids(followers[0]?.seen ?? []));
      for (const follower of followers) assert.is(await follower.stop(), undefined);
      stop.abort();
    }),
  );

  test(
    'ends without an error when the log is closed',
    withLog(underTest, async (log, under) => {
      const other = await under.open();
      const follower = follow(other, await log.head());
      await log.append(newStream(), eventsOf(1), 'no_stream');
      await follower.until(1);
      await other.close();
      assert.is(await follower.ended, undefined);
    }),
  );
};
