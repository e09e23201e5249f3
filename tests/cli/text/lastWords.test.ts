import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { lastWords } from '../../../src/cli/text/lastWords.ts';
import { CommslogError } from '../../../src/errors.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what a command ends by');
const SECRET_TEXT = 'Maria\n+306912345678';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('is a sentence and a code, with what PostgreSQL has answered by its number', () => {
  assert.is(
    lastWords(new CommslogError('CONFIG_INVALID', 'A setting is wrong.')),
    'commslog: A setting is wrong. [CONFIG_INVALID]',
  );
  const refused = Object.assign(new Error(SECRET_TEXT), { code: '28P01', severity: 'FATAL' });
  assert.match(lastWords(refused), /^commslog: PostgreSQL refuses .* \(PostgreSQL 28P01\) \[DATABASE_REFUSED\]$/);
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
  assert.is(lastWords(away), 'commslog: PostgreSQL does not answer. [DATABASE_UNAVAILABLE]');
});

test('names the file that cannot be used', () => {
  const error = thrownBy(() => readFileSync('/nowhere/file'));
  assert.is(lastWords(error), 'commslog: /nowhere/file cannot be used (ENOENT). [INTERNAL]');
});

test('of an error that is not ours names the kind and the place, never its text, on one line', () => {
  for (const error of [new RangeError(SECRET_TEXT), thrownBy(() => JSON.parse(SECRET_TEXT)), SECRET_TEXT]) {
    const said = lastWords(error);
    assert.match(
      said,
      /^commslog: The program has met an error that it does not know: (RangeError|SyntaxError|string) .*\[INTERNAL\]$/,
    );
    assert.not.match(said, /Maria|3069|\n/);
  }
});

test.run();
