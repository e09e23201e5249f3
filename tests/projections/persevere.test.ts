import * as assert from 'uvu/assert';
import { CommslogError } from '../../src/errors.ts';
import { type FailedTries, persevere } from '../../src/projections/following/persevere.ts';
import { suite } from '../support/suite.ts';
import { silent } from './support/readModel.ts';

const test = suite('work of a version that goes on whatever comes');

test('tells at once of each try that fails and by what, and that something goes through again', async () => {
  const told: (FailedTries | null)[] = [];
  let tries = 0;
  await persevere(
    async (went) => {
      tries += 1;
      if (tries <= 2) throw new CommslogError('LOG_UNAVAILABLE', 'it is away');
      await went();
      await went();
    },
    {
      version: 7,
      logger: silent,
      signal: new AbortController().signal,
      tellObstacle: async () => {},
      onTries: (version, failed) => {
        assert.is(version, 7);
        told.push(failed);
      },
    },
  );
  const lastError = 'LOG_UNAVAILABLE';
  assert.equal(told, [{ count: 1, lastError }, { count: 2, lastError }, null]);
});

test.run();
