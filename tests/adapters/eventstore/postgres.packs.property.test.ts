import * as fc from 'fast-check';
import type pg from 'pg';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { ERASED_FACT, type NewEvent, type RecordedEvent } from '../../../src/domain/events.ts';
import type { EventStore } from '../../../src/ports/eventStore.ts';
import { createPool } from '../../../src/postgres.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suite } from '../../support/suite.ts';
import { codeOf, collect, event } from './helpers.ts';
import { packAll } from './packing.ts';

const RUNS = 20;
const STREAMS = ['call-a', 'call-b', 'pbx-a'] as const;

const test = suite('the log in PostgreSQL, packed in any order with all else', { deadlineMs: 280_000 });

const stream = fc.constantFrom(...STREAMS);
const revision = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append'), stream, count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pack'), size: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase'), stream }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('erase events'),
      stream,
      revisions: fc.array(revision, { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('append again'), stream, from: revision }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('read stream'),
      stream,
      isBackwards: fc.boolean(),
      from: fc.option(revision),
      limit: fc.option(fc.nat({ max: 12 })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('read all'),
      after: revision,
      prefix: fc.option(fc.constantFrom('call-', 'pbx-', 'call-b', 'other-')),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Position by position what the log should hold; null: it was erased with its stream. */
type Model = {
  readonly places: (RecordedEvent | null)[];
  readonly erased: Set<string>;
  readonly ends: Map<string, bigint>;
};

const endOf = ({ ends }: Model, name: string) => ends.get(name) ?? 'no_stream';
const ofStream = ({ places }: Model, name: string) =>
  places.filter((event): event is RecordedEvent => event?.stream === name);

async function take(step: Step, model: Model, log: EventStore, pool: pg.Pool, schema: string): Promise<void> {
  switch (step.kind) {
    case 'append': {
      const events = Array.from({ length: step.count }, (_, n) => event({ n, text: `"ü\n${n}` }));
      if (model.erased.has(step.stream)) {
        assert.is(await codeOf(log.append(step.stream, events, endOf(model, step.stream))), 'STREAM_DELETED');
        return;
      }
      const { revision: last, position } = await log.append(step.stream, events, endOf(model, step.stream));
      for (const one of events) {
        const revision = (model.ends.get(step.stream) ?? -1n) + 1n;
        model.ends.set(step.stream, revision);
        model.places.push({ ...one, stream: step.stream, revision, position: BigInt(model.places.length + 1) });
      }
      assert.equal([last, position], [model.ends.get(step.stream), BigInt(model.places.length)]);
      return;
    }
    case 'append again': {
      const stored = ofStream(model, step.stream);
      const from = BigInt(Math.min(step.from, stored.length));
      const batch: NewEvent[] = stored
        .slice(Number(from))
        .map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
      if (batch.length === 0) return;
      const expected = from === 0n ? 'no_stream' : from - 1n;
      assert.equal(await log.append(step.stream, batch, expected), {
        revision: model.ends.get(step.stream),
        position: stored.at(-1)?.position,
      });
      const wrong = await codeOf(log.append(step.stream, [event(), ...batch.slice(1)], expected));
      assert.is(wrong, 'WRONG_EXPECTED_REVISION');
      return;
    }
    case 'pack':
      await packAll(pool, schema, [step.size]);
      return;
    case 'erase':
      await log.erase([step.stream]);
      if (!model.ends.has(step.stream)) {
        model.places.push(null);
        model.ends.set(step.stream, 0n);
      }
      model.erased.add(step.stream);
      for (const [at, one] of model.places.entries()) if (one?.stream === step.stream) model.places[at] = null;
      return;
    case 'erase events': {
      const revisions = step.revisions.map(BigInt);
      await log.eraseEvents?.(step.stream, revisions);
      for (const [at, one] of model.places.entries())
        if (one?.stream === step.stream && revisions.includes(one.revision))
          model.places[at] = { ...one, type: ERASED_FACT, data: { fields: [] } };
      return;
    }
    case 'read stream': {
      const { isBackwards, from, limit } = step;
      const inOrder = isBackwards ? ofStream(model, step.stream).toReversed() : ofStream(model, step.stream);
      const behind = inOrder.filter(
        (one) => from === null || (isBackwards ? one.revision <= BigInt(from) : one.revision >= BigInt(from)),
      );
      const read = log.readStream(step.stream, {
        direction: isBackwards ? 'backwards' : 'forwards',
        ...(from === null ? {} : { from: BigInt(from) }),
        ...(limit === null ? {} : { limit }),
      });
      assert.equal(await collect(read), behind.slice(0, limit ?? undefined));
      return;
    }
    case 'read all': {
      const after = Math.min(step.after, model.places.length);
      const wanted = model.places.slice(after).filter((one) => one?.stream.startsWith(step.prefix ?? '') ?? false);
      const filter = step.prefix === null ? undefined : { streamPrefixes: [step.prefix] };
      assert.equal(await collect(log.readAll(BigInt(after), filter)), wanted);
    }
  }
}

test('gives what a list of its events gives, whatever is appended, packed, erased and read', async () => {
  const database = await createDatabase();
  const pool = createPool(database.url, { max: 1 });
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  let schemas = 0;
  const history = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
    schemas += 1;
    const schema = `log_${schemas}`;
    const log = await openPostgresLog({ url: database.url, schema });
    try {
      const model: Model = { places: [...(await collect(log.readAll(0n)))], erased: new Set(), ends: new Map() };
      for (const one of steps) await take(one, model, log, pool, schema);
      assert.equal(
        await collect(log.readAll(0n)),
        model.places.filter((one) => one !== null),
      );
    } finally {
      await log.close();
    }
  });
  try {
    await fc.assert(history, { seed, numRuns: RUNS });
  } finally {
    await pool.end();
    await database.drop();
  }
});

test.run();
