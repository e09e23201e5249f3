import { randomUUID } from 'node:crypto';
import pg from 'pg';
import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { policyOf } from '../../src/errorPolicy.ts';
import { CommslogError, type ErrorCode } from '../../src/errors.ts';
import { createPool, toDatabaseError } from '../../src/postgres.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { type Answer, field } from './support/ask.ts';
import { healthThatSays, startSystem } from './support/system.ts';

const test = suite('what a client is told of an error');
let thrown: unknown;
const system = await startSystem({
  health: healthThatSays({
    report: () => {
      throw thrown;
    },
  }),
});
const token = await system.token('admin');
test.after(system.close);

const asked = async (error: unknown): Promise<Answer> => {
  thrown = error;
  return system.ask({ path: '/readyz', token });
};
const answerIn = ({ status, json, headers }: Answer) => [
  status,
  field(json, 'code'),
  headers['retry-after'] === undefined ? 'no Retry-After' : 'Retry-After',
];

/** Codes with a policy, and the status of each. */
const ANSWERS = {
  later: {
    LOG_UNAVAILABLE: 503,
    LOG_OUTCOME_UNKNOWN: 503,
    DATABASE_UNAVAILABLE: 503,
    FENCED: 503,
    ISSUER_UNAVAILABLE: 503,
  },
  person: {
    LOG_ACCESS_DENIED: 503,
    LOG_STORAGE_FAILED: 503,
    LOG_IS_ANOTHER: 503,
    LOG_TOO_SHORT: 503,
    LOG_HOLE: 503,
    DATABASE_REFUSED: 503,
    SCHEMA_TOO_NEW: 503,
  },
  never: { INVALID_EVENT: 422, APPEND_TOO_LARGE: 413, STREAM_DELETED: 409, POISON_EVENT: 500 },
} as const satisfies Record<'later' | 'person' | 'never', { readonly [C in ErrorCode]?: number }>;

for (const [policy, statuses] of Object.entries(ANSWERS)) {
  for (const [code, status] of Object.entries(statuses) as [ErrorCode, number][]) {
    const retry = policy === 'later' ? 'Retry-After' : 'no Retry-After';
    test(`${code}, ${policy}: ${status} with ${retry}`, async () => {
      const error = new CommslogError(code, 'broken by the test');
      assert.is(policyOf(error), policy);
      assert.equal(answerIn(await asked(error)), [status, code, retry]);
    });
  }
}

const ofDatabase = (code: string) =>
  Object.assign(new pg.DatabaseError('value 6912345678', 16, 'error'), { severity: 'ERROR', code });
for (const [what, error, expected] of [
  ['shuts down', ofDatabase('57P01'), [503, 'DATABASE_UNAVAILABLE', 'Retry-After']],
  [
    'lost the connection',
    new Error('Connection terminated unexpectedly'),
    [503, 'DATABASE_UNAVAILABLE', 'Retry-After'],
  ],
  ['has no space', ofDatabase('53100'), [503, 'DATABASE_REFUSED', 'no Retry-After']],
  ['can never store a value', ofDatabase('22021'), [500, 'INTERNAL', 'no Retry-After']],
  ['says what no table has', ofDatabase('0A000'), [500, 'INTERNAL', 'no Retry-After']],
] as const) {
  test(`a database that ${what}: ${expected.join(' ')}, and no value of it`, async () => {
    const answer = await asked(toDatabaseError(error));
    assert.equal(answerIn(answer), expected);
    assert.not.match(answer.text, /6912345678/);
  });
}

test('a customer whose last event is not as its schema says: 500 POISON_EVENT, and no value of it', async () => {
  const metadata = { v: 1, recorded_at: '2026-11-01T00:00:00.000000Z' };
  const stored = { id: randomUUID(), type: 'CustomerRegistered', data: { name: ['6912345678'] }, metadata };
  await system.log.append(streamOf.customer('odd'), [stored], 'no_stream');
  const body = { name: 'Anna', numbers: [] };
  const answer = await system.ask({ method: 'PUT', path: '/api/crm/customers/odd', token, body });
  assert.equal(answerIn(answer), [500, 'POISON_EVENT', 'no Retry-After']);
  assert.not.match(answer.text, /6912345678/);
});

/** A system that looks up sessions over another pool. */
async function answerOver(url: string): Promise<Answer> {
  const pool = createPool(url);
  const other = await startSystem({ pool });
  try {
    return await other.ask({ path: '/api/me', headers: { cookie: 'commslog_session=some' } });
  } finally {
    await other.close();
    await pool.end();
  }
}

test('a database in which a right is missing needs a person', async () => {
  const role = `reader_${new URL(system.url).pathname.slice(-8)}`;
  await system.pool.query(`create role ${role} login password 'reader'`);
  try {
    const url = Object.assign(new URL(system.url), { username: role, password: 'reader' }).href;
    assert.equal(answerIn(await answerOver(url)), [503, 'DATABASE_REFUSED', 'no Retry-After']);
  } finally {
    await system.pool.query(`drop role ${role}`);
  }
});

test('a database without our tables is a fault of ours', async () => {
  const { url, drop } = await createDatabase();
  try {
    assert.equal(answerIn(await answerOver(url)), [500, 'INTERNAL', 'no Retry-After']);
  } finally {
    await drop();
  }
});

test.run();
