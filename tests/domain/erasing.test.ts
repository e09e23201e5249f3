import * as assert from 'uvu/assert';
import { entryId } from '../../src/domain/callId.ts';
import { callsToErase, mentionsOf } from '../../src/domain/erasing.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';
import { fact } from '../erasing/support.ts';
import { suite } from '../support/suite.ts';

const test = suite('what goes with a call');

test('closes the name of every stream that a late fact could come to, but takes no stream of a session', () => {
  const told = [
    fact(
      'call-pbx-100.1',
      [
        ['Channel', 'PJSIP/a'],
        ['Uniqueid', '100.1'],
        ['Linkedid', '100.1'],
      ],
      1,
    ),
    fact(
      'call-pbx-100.1',
      [
        ['Channel', 'PJSIP/b'],
        ['Uniqueid', '100.2'],
        ['Linkedid', '100.1'],
      ],
      2,
    ),
    fact(
      'call-pbx-session7',
      [
        ['Channel', 'PJSIP/b'],
        ['Uniqueid', '100.2'],
      ],
      3,
    ),
    fact(
      'call-pbx-200.1',
      [
        ['Channel', 'PJSIP/c'],
        ['Uniqueid', '200.1'],
        ['Linkedid', '200.1'],
      ],
      4,
    ),
  ];
  const facts = told.map(({ stream, event }, at) => ({ fact: factOf(event), stream, revision: BigInt(at) }));
  const { keys, streams, mixed, entryIds } = callsToErase(facts, new Set([entryId('pbx', '100.1')]));
  assert.equal(keys, ['100.1', '100.2']);
  assert.equal(entryIds, [entryId('pbx', '100.1'), entryId('pbx', '100.2')]);
  const ofIds = ['call-pbx-100.1', 'cdr-pbx-100.1', 'call-pbx-100.2', 'cdr-pbx-100.2'];
  assert.equal(
    [...streams].sort(),
    [...ofIds, ...entryIds.flatMap((id) => [`annotation-${id}`, `callback-${id}`])].sort(),
  );
  assert.equal(mixed, [{ stream: 'call-pbx-session7', revision: 2n }]);
});

test('a number is found in any spelling and inside other words, a name only as a whole', () => {
  const mentions = mentionsOf({ numbers: ['+306912345678', '112'], names: ['Σοφία Καλλέργη'] });
  const holds = (value: string) => mentions({ data: { fields: [['Field', value]] } });
  for (const value of ['6912345678', '0030 691 234 5678', '(691) 234-5678', 'PJSIP/306912345678-00000001', '112']) {
    assert.ok(holds(value), value);
  }
  assert.ok(holds(' Σοφία Καλλέργη'));
  for (const value of ['6912345679', '1120', 'Σοφία', '']) assert.not.ok(holds(value), value);
});

test.run();
