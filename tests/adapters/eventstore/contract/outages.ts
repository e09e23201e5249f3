import * as assert from 'uvu/assert';
import { codeOf, collect, event, eventsOf, follow, ids, insist, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

const MAY_PASS = ['LOG_UNAVAILABLE', 'LOG_OUTCOME_UNKNOWN'];

export const outages: Clauses = (test, underTest) => {
  test(
    'says that it is unavailable while nobody listens, and works again when the server is back',
    withLog(underTest, async (log, under) => {
      const stream = newStream();
      const batch = eventsOf(2);
      await under.network.down();
      assert.ok(MAY_PASS.includes(String(await codeOf(log.append(stream, batch, 'no_stream')))));
      assert.is(await codeOf(log.head()), 'LOG_UNAVAILABLE');
      assert.is(await codeOf(collect(log.readStream(stream))), 'LOG_UNAVAILABLE');
      assert.is(await codeOf(collect(log.readAll(0n))), 'LOG_UNAVAILABLE');
      await under.network.up();
      await insist(() => log.append(stream, batch, 'no_stream'));
      assert.equal(ids(await insist(() => collect(log.readStream(stream)))), ids(batch));
    }),
  );

  test(
    'can be opened when a server that was down at the start is back',
    withLog(underTest, async (log, under) => {
      await under.network.down();
      const opening = insist(() => under.open());
      const early = insist(async () => {
        const late = await opening;
        return { late, id: await late.logId() };
      });
      await under.network.up();
      const { late, id } = await early;
      assert.is(id, await insist(() => log.logId()));
      await late.close();
    }),
  );

  test(
    'does not wait for ever for a server that never answers',
    withLog(underTest, async (log, under) => {
      const stream = newStream();
      const batch = eventsOf(2);
      under.network.silence();
      const codes = await Promise.all([
        codeOf(log.append(stream, batch, 'no_stream')),
        codeOf(log.head()),
        codeOf(collect(log.readStream(stream))),
        codeOf(collect(log.readAll(0n))),
      ]);
      assert.ok(
        codes.every((code) => MAY_PASS.includes(String(code))),
        codes.join(),
      );
      await under.network.up();
      await insist(() => log.append(stream, batch, 'no_stream'));
      assert.equal(ids(await insist(() => collect(log.readStream(stream)))), ids(batch));
    }),
  );

  test(
    'stores once what was stored before the server died without an answer',
    withLog(underTest, async (log, under) => {
      const stream = newStream();
      const batch = eventsOf(3);
      under.network.loseNextAnswer();
      const result = await insist(() => log.append(stream, batch, 'no_stream'));
      assert.is(result.revision, 2n);
      await insist(() => log.append(stream, eventsOf(1), 2n));
      assert.equal(ids(await collect(log.readStream(stream))).slice(0, 3), ids(batch));
      assert.is((await collect(log.readStream(stream))).length, 4);
    }),
  );

  for (const [how, lose] of [
    ['is hung up', (network) => Promise.resolve(network.hangUp())],
    ['is lost and stays away for a while', (network) => network.down()],
  ] as const satisfies readonly (readonly [
    string,
    (network: ReturnType<typeof underTest>['network']) => Promise<void>,
  ])[]) {
    test(
      `follows the log without gap or repeat when the connection ${how} again and again`,
      withLog(underTest, async (log, under) => {
        const start = await log.head();
        const stream = newStream();
        const sent: string[] = [];
        const follower = follow(log, start);
        for (let round = 0; round < 4; round += 1) {
          const batch = eventsOf(30);
          const expected = round === 0 ? 'no_stream' : BigInt(round * 30 - 1);
          await insist(() => log.append(stream, batch, expected));
          sent.push(...ids(batch));
          await follower.until(sent.length - (round % 2) * 15);
          await lose(under.network);
          await under.network.up();
        }
        const last = event();
        await insist(() => log.append(stream, [last], 119n));
        assert.equal(ids(await follower.until(121)), [...sent, last.id]);
        assert.is(await follower.stop(), undefined);
      }),
    );
  }

  test(
    'stops following at once when it is told to, also while the server is away',
    withLog(underTest, async (log, under) => {
      const follower = follow(log, await log.head());
      await log.append(newStream(), eventsOf(1), 'no_stream');
      await follower.until(1);
      await under.network.down();
      assert.is(await follower.stop(), undefined);
      await under.network.up();
      await insist(() => log.head());
    }),
  );
};
