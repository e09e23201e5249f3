import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { NewEvent } from '../../../../src/domain/events.ts';
import { hasCode } from '../../../../src/errors.ts';
import type { ExpectedRevision } from '../../../../src/ports/eventStore.ts';
import { codeOf, collect, event, eventsOf, ids, newStream } from '../helpers.ts';
import { type Clauses, withLog } from './withLog.ts';

export const appending: Clauses = (test, underTest) => {
  test(
    'gives revisions from 0 and growing positions',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const first = await log.append(stream, eventsOf(2), 'no_stream');
      const second = await log.append(stream, eventsOf(3), first.revision);
      assert.is(first.revision, 1n);
      assert.is(second.revision, 4n);
      assert.ok(second.position > first.position);
      const stored = await collect(log.readStream(stream));
      assert.equal(
        stored.map(({ revision }) => revision),
        [0n, 1n, 2n, 3n, 4n],
      );
      assert.is(stored[1]?.position, first.position);
      assert.is(stored[4]?.position, second.position);
    }),
  );

  test(
    'stores the same batch once, also when it comes again later, and gives the same answer',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const batch = eventsOf(3);
      const first = await log.append(stream, batch, 'no_stream');
      assert.equal(await log.append(stream, batch, 'no_stream'), first);
      await log.append(stream, eventsOf(2), first.revision);
      assert.equal(await log.append(stream, batch, 'no_stream'), first);
      const more = eventsOf(2);
      const second = await log.append(stream, more, 4n);
      assert.equal(await log.append(stream, more, 4n), second);
      assert.is((await collect(log.readStream(stream))).length, 7);
    }),
  );

  test(
    'stores the same batch once when it comes five times in parallel',
    withLog(underTest, async (log, under) => {
      const other = await under.open();
      const stream = newStream();
      const batch = eventsOf(3);
      const answers = await Promise.all(
        [log, other, log, other, log].map((handle) => handle.append(stream, batch, 'no_stream')),
      );
      await other.close();
      for (const answer of answers) assert.equal(answer, answers[0]);
      assert.equal(ids(await collect(log.readStream(stream))), ids(batch));
    }),
  );

  test(
    'takes the beginning of a stored batch as the same batch',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const batch = eventsOf(3);
      await log.append(stream, batch, 'no_stream');
      const again = await log.append(stream, batch.slice(0, 2), 'no_stream');
      assert.is(again.revision, 1n);
      assert.is((await collect(log.readStream(stream))).length, 3);
    }),
  );

  test(
    'appends the missing rest of a batch of which a first part stands, however often',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const [before, batch] = [eventsOf(2), eventsOf(700)];
      const { revision } = await log.append(stream, before, 'no_stream');
      for (const part of [1, 2, 2, 550, 699]) await log.append(stream, batch.slice(0, part), revision);
      const whole = await log.append(stream, batch, revision);
      assert.is(whole.revision, 701n);
      assert.equal(await log.append(stream, batch, revision), whole);
      const stored = await collect(log.readStream(stream));
      assert.equal(ids(stored), ids([...before, ...batch]));
      assert.is(stored.at(-1)?.position, whole.position);
    }),
  );

  test(
    'appends the rest once when it comes five times in parallel',
    withLog(underTest, async (log, under) => {
      const other = await under.open();
      const stream = newStream();
      const batch = eventsOf(6);
      await log.append(stream, batch.slice(0, 2), 'no_stream');
      const answers = await Promise.all(
        [log, other, log, other, log].map((handle) => handle.append(stream, batch, 'no_stream')),
      );
      await other.close();
      for (const answer of answers) assert.equal(answer, answers[0]);
      assert.equal(ids(await collect(log.readStream(stream))), ids(batch));
    }),
  );

  test(
    'refuses a batch behind whose first part something else stands, and writes nothing of it',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const [one, two, three, foreign] = [event(), event(), event(), event()];
      await log.append(stream, [one, two], 'no_stream');
      const wrong = async (...batches: NewEvent[][]) => {
        for (const batch of batches)
          assert.is(await codeOf(log.append(stream, batch, 'no_stream')), 'WRONG_EXPECTED_REVISION');
      };
      await wrong([two], [two, three], [two, one], [one, three], [three, one, two]);
      await log.append(stream, [foreign], 1n);
      await wrong([one, two, three], [one, two, three, foreign], [one, three]);
      assert.is(await codeOf(log.append(stream, [three], 1n)), 'WRONG_EXPECTED_REVISION');
      assert.equal(ids(await collect(log.readStream(stream))), ids([one, two, foreign]));
    }),
  );

  test(
    'refuses a wrong expected revision and writes nothing',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const wrong = (expected: ExpectedRevision) => codeOf(log.append(stream, [event()], expected));
      assert.is(await wrong(0n), 'WRONG_EXPECTED_REVISION');
      assert.equal(await collect(log.readStream(stream)), []);
      await log.append(stream, eventsOf(2), 'no_stream');
      for (const expected of ['no_stream', 0n, 2n, 1_000n] as const)
        assert.is(await wrong(expected), 'WRONG_EXPECTED_REVISION');
      assert.is((await collect(log.readStream(stream))).length, 2);
    }),
  );

  test(
    'writes nothing for an empty batch, but checks the expected revision',
    withLog(underTest, async (log) => {
      const stream = newStream();
      assert.equal(await log.append(stream, [], 'no_stream'), { revision: -1n, position: 0n });
      assert.is(await codeOf(log.append(stream, [], 0n)), 'WRONG_EXPECTED_REVISION');
      const written = await log.append(stream, eventsOf(2), 'no_stream');
      assert.equal(await log.append(stream, [], 1n), written);
      assert.is(await codeOf(log.append(stream, [], 0n)), 'WRONG_EXPECTED_REVISION');
      assert.is(await codeOf(log.append(stream, [], 'no_stream')), 'WRONG_EXPECTED_REVISION');
    }),
  );

  test(
    'lets exactly one of two writers win every revision',
    withLog(underTest, async (log, under) => {
      const other = await under.open();
      const stream = newStream();
      const writer = async (handle: typeof log) => {
        for (let written = 0; written < 25; ) {
          const last = await collect(handle.readStream(stream, { direction: 'backwards', limit: 1 }));
          try {
            await handle.append(stream, [event()], last[0]?.revision ?? 'no_stream');
            written += 1;
          } catch (error) {
            if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
          }
        }
      };
      await Promise.all([writer(log), writer(other)]);
      await other.close();
      const stored = await collect(log.readStream(stream));
      assert.is(stored.length, 50);
      assert.is(new Set(ids(stored)).size, 50);
    }),
  );

  test(
    'keeps the order of appends to one stream that are sent without waiting',
    withLog(underTest, async (log) => {
      const streams = Array.from({ length: 20 }, () => newStream());
      const batches = eventsOf(30);
      const appends = streams.flatMap((stream) =>
        batches.map(({ data, ...rest }, n) =>
          log.append(stream, [{ ...rest, data }], n === 0 ? 'no_stream' : BigInt(n - 1)),
        ),
      );
      const answers = await Promise.all(appends);
      assert.equal(
        answers.slice(0, 30).map(({ revision }) => revision),
        batches.map((_, n) => BigInt(n)),
      );
      for (const stream of streams) assert.equal(ids(await collect(log.readStream(stream))), ids(batches));
    }),
  );

  test(
    'keeps one event that is sent under one id to two streams, or twice in one batch, as two',
    withLog(underTest, async (log) => {
      const same = event();
      const [one, two] = [newStream(), newStream()];
      await log.append(one, [same, same], 'no_stream');
      await log.append(two, [same], 'no_stream');
      assert.is((await collect(log.readStream(one))).length, 2);
      assert.is((await collect(log.readStream(two))).length, 1);
    }),
  );

  test(
    'refuses what is no event before anything is written',
    withLog(underTest, async (log) => {
      const stream = newStream();
      const good = event();
      const cyclic: Record<string, never> = {};
      Object.assign(cyclic, { cyclic });
      const bad = [{ id: 'not-a-uuid' }, { type: '' }, { type: '$system' }, { type: 'half \ud83d' }, { data: cyclic }];
      for (const flaw of bad)
        assert.is(await codeOf(log.append(stream, [good, { ...good, ...flaw }], 'no_stream')), 'INVALID_EVENT');
      for (const name of ['', '$all', '$$stream', 'nul\u0000', 'half \ud83d'])
        assert.is(await codeOf(log.append(name, [good], 'no_stream')), 'INVALID_EVENT');
      assert.equal(await collect(log.readStream(stream)), []);
    }),
  );

  test(
    'is one list per stream, whatever mix of appends, repeats and mistakes comes',
    withLog(underTest, async (log) => {
      const seed = Date.now() % 2 ** 31;
      console.log(`seed ${seed}`);
      const step = fc.record({
        size: fc.integer({ min: 1, max: 4 }),
        kind: fc.constantFrom('new', 'new', 'repeat', 'prefix', 'rest', 'wrong', 'other'),
      });
      const history = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const stream = newStream();
        const model: string[] = [];
        let last = { batch: eventsOf(1), expected: 'no_stream' as ExpectedRevision };
        for (const { size, kind } of steps) {
          const end: ExpectedRevision = model.length === 0 ? 'no_stream' : BigInt(model.length - 1);
          if (kind === 'new' || model.length === 0) {
            last = { batch: eventsOf(size), expected: end };
            await log.append(stream, last.batch, end);
            model.push(...ids(last.batch));
          } else if (kind === 'repeat') await log.append(stream, last.batch, last.expected);
          else if (kind === 'prefix') await log.append(stream, last.batch.slice(0, size), last.expected);
          else if (kind === 'rest') {
            const rest = eventsOf(size);
            last = { ...last, batch: [...last.batch, ...rest] };
            await log.append(stream, last.batch, last.expected);
            model.push(...ids(rest));
          } else {
            const batch = kind === 'other' ? [...last.batch.slice(0, -1), event()] : eventsOf(size);
            const expected = kind === 'other' ? last.expected : BigInt(model.length + size);
            assert.is(await codeOf(log.append(stream, batch, expected)), 'WRONG_EXPECTED_REVISION');
          }
        }
        assert.equal(ids(await collect(log.readStream(stream))), model);
      });
      await fc.assert(history, { seed, numRuns: 30 });
    }),
  );
};
