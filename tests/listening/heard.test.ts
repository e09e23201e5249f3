import * as assert from 'uvu/assert';
import { hasCode } from '../../src/errors.ts';
import { readHeard } from '../../src/listening/heard.ts';
import { suite } from '../support/suite.ts';

const test = suite('a record of the journal');

const connection = '4b1c0f0a-2d55-4c8f-9a55-2b6f0c7d1e93';

test('that an older program has written is read: of what it heard it did not say after when that was said', () => {
  const fact = { seq: 3, call: '1.1', type: 'CallHungUp', fields: [['Uniqueid', '1.1']], latin1: [] };
  const heard = readHeard({ kind: 'facts', connection, at: 1_795_400_000_000_000, facts: [fact] });
  assert.equal([heard.kind, heard.kind === 'facts' && heard.saidAfter], ['facts', null]);
});

test('that a newer program has written is refused, and nothing is done with it', () => {
  try {
    readHeard({ kind: 'of-tomorrow', connection, at: 1 });
    assert.unreachable();
  } catch (error) {
    assert.ok(hasCode(error, 'SCHEMA_TOO_NEW'));
  }
});

test.run();
