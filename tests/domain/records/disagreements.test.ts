import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { factOf } from '../../../src/domain/facts/factOf.ts';
import { groupFacts } from '../../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../../src/domain/readGroup.ts';
import { disagreementsOf } from '../../../src/domain/records/disagreements.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { callRecords } from '../../support/callRecords.ts';
import { recordEvents } from '../../support/recordRows.ts';
import { suite } from '../../support/suite.ts';

const test = suite('where a row and its call records disagree');
const rules = defaultRules('GR');

test('a clock of the PBX that is known to be wrong is no disagreement', () => {
  const connection: Connection = {
    pbx: 'pbx',
    session: 0,
    connectedAt: 0 as Micros,
    disconnectedAt: null,
    lastHeardAt: null,
    pbxWentDown: false,
    reason: null,
    clock: [{ at: 0 as Micros, offset: 30_000_000 }],
  };
  const known = { connections: [connection], rules };
  let compared = 0;
  for (const facts of groupFacts(recordEvents(callRecords()).map(factOf))) {
    for (const row of foldAndRead(facts, known).entries) {
      const heard = { ...row, source: 'pbx' as const, incomplete: [] };
      assert.equal(disagreementsOf(heard, facts, known), []);
      const kinds = disagreementsOf(heard, facts, { connections: [], rules }).map(({ kind }) => kind);
      assert.ok(kinds.includes('begin'), 'without the comparison of the clocks it would be one');
      compared += 1;
    }
  }
  assert.ok(compared > 10);
});

test.run();
