import * as assert from 'uvu/assert';
import { compareCallIds, entryId } from '../../src/domain/callId.ts';
import { suite } from '../support/suite.ts';

const test = suite('the id of a call');

test('is older by its second, then by its counter, as numbers', () => {
  const ids = ['1795401186.100', 'pbx1-1795401185.7', '1795401186.99', 'no id', '999.5', 'pbx1-1795401186.98'];
  assert.equal(ids.sort(compareCallIds), [
    '999.5',
    'pbx1-1795401185.7',
    'pbx1-1795401186.98',
    '1795401186.99',
    '1795401186.100',
    'no id',
  ]);
});

test('gives the entry an id that never changes', () => {
  assert.is(entryId('pbx', '1795401186.339'), 'e8ca0e10-3517-5d9e-b22b-18da156e0d1c');
  assert.is.not(entryId('other', '1795401186.339'), entryId('pbx', '1795401186.339'));
});

test.run();
