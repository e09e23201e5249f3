import * as assert from 'uvu/assert';
import { hasCode } from '../../../../src/errors.ts';
import { codeOf, collect, eventsOf, follow, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

export const identity: Clauses = (test, underTest) => {
  test(
    'has an id of its own, the same for all who open it, also at once',
    withLog(underTest, async (log, under) => {
      const handles = await Promise.all(Array.from({ length: 4 }, () => under.open()));
      const known = await log.logId();
      assert.match(known, /^[0-9a-f-]{36}$/);
      for (const handle of handles) {
        assert.is(await handle.logId(), known);
        await handle.close();
      }
      const created = await collect(log.readStream('system-log'));
      assert.equal(
        created.map(({ type }) => type),
        ['LogCreated'],
      );
    }),
  );

  test(
    'can be told from another log, whose checkpoint means nothing here',
    withLog(underTest, async (log, under) => {
      const other = await under.openOther?.();
      if (other === undefined) return;
      try {
        assert.is.not(await other.logId(), await log.logId());
        assert.is((await collect(other.readAll(0n))).length, 1);
      } finally {
        await other.close();
      }
    }),
  );

  test(
    'refuses a position behind its end: the log is shorter than the checkpoint',
    withLog(underTest, async (log) => {
      await log.append(newStream(), eventsOf(1), 'no_stream');
      // what a checkpoint of a log says that was longer before it was restored from a backup
      const beyond = (await log.head()) + 100_000_000n;
      assert.is(await codeOf(collect(log.readAll(beyond))), 'LOG_TOO_SHORT');
      assert.is(await codeOf(collect(log.readAll(beyond, { streamPrefixes: ['call-'] }))), 'LOG_TOO_SHORT');
      const follower = follow(log, beyond);
      assert.ok(hasCode(await follower.ended, 'LOG_TOO_SHORT'));
    }),
  );
};
