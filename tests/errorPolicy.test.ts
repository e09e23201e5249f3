import pg from 'pg';
import * as assert from 'uvu/assert';
import { type Policy, policyOf } from '../src/errorPolicy.ts';
import { CommslogError } from '../src/errors.ts';
import { suite } from './support/suite.ts';

const test = suite('the policy for errors');

test('PostgreSQL’s errors are told apart by the most exact entry of the table', () => {
  const cases: [state: string, policy: Policy | null][] = [
    ['08006', 'later'],
    ['40P01', 'later'],
    ['53300', 'later'],
    ['53100', 'person'],
    ['54000', 'never'],
    ['22P05', 'never'],
    ['23505', 'never'],
    ['25006', 'later'],
    ['57P01', 'later'],
    ['42501', 'person'],
    ['42P01', null],
    ['58030', 'person'],
    ['XX001', 'person'],
  ];
  for (const [state, policy] of cases) {
    const error = Object.assign(new pg.DatabaseError('text', 4, 'error'), { severity: 'ERROR', code: state });
    assert.is(policyOf(error), policy, state);
  }
});

test('codes of gRPC, of the operating system and of the driver are in it too', () => {
  const grpc = (code: number) => Object.assign(new Error('text'), { code });
  const system = (code: string) => Object.assign(new Error('text'), { code });
  assert.is(policyOf(grpc(14)), 'later');
  assert.is(policyOf(grpc(7)), 'person');
  assert.is(policyOf(grpc(3)), 'never');
  assert.is(policyOf(grpc(12)), null);
  assert.is(policyOf(system('ECONNREFUSED')), 'later');
  assert.is(policyOf(system('ENOSPC')), 'person');
  assert.is(policyOf(system('ERR_INVALID_ARG_TYPE')), null);
  assert.is(policyOf(new Error('Connection terminated unexpectedly')), 'later');
});

test('our own codes that somebody may try again are in it, answers to requests are not', () => {
  const ours = (code: ConstructorParameters<typeof CommslogError>[0]) => policyOf(new CommslogError(code, 'text'));
  assert.is(ours('LOG_OUTCOME_UNKNOWN'), 'later');
  assert.is(ours('POISON_EVENT'), 'never');
  assert.is(ours('LOG_IS_ANOTHER'), 'person');
  assert.is(ours('NOT_FOUND'), null);
});

test('a mistake of the program is in no table', () => {
  assert.is(policyOf(new TypeError('undefined is not a function')), null);
  assert.is(policyOf('text'), null);
});

test.run();
