import * as assert from 'uvu/assert';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { onlyRow, ScenarioPbx, START } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('a PBX whose clock is set while calls are heard');

const at = (seconds: number) => ((START + seconds) * 1_000_000) as Micros;

/** The clock is set at 10 s; two seconds later it is compared. */
function connected(offset: number): Connection {
  return {
    pbx: 'pbx',
    session: 0,
    connectedAt: at(0),
    disconnectedAt: null,
    lastHeardAt: null,
    pbxWentDown: false,
    reason: null,
    clock: [
      { at: at(0), offset: 0 },
      { at: at(12), offset: offset * 1_000_000 },
    ],
  };
}

for (const offset of [3600, -3600, 30, -30]) {
  for (const tellsTime of [false, true]) {
    const how = `by ${offset} s, ${tellsTime ? 'with' : 'without'} the time in its events`;

    test(`tells the times of a call that was answered between that and the next comparison (${how})`, () => {
      const pbx = new ScenarioPbx();
      pbx.tellsTime = tellsTime;
      pbx.wait(8);
      const trunk = pbx.comesIn('PJSIP/mytrunk');
      const phone = pbx.rings('101', trunk);
      pbx.wait(2);
      pbx.clockOffset = offset;
      pbx.wait(1);
      pbx.connects(trunk, phone);
      pbx.wait(4);
      pbx.hangsUp(trunk);
      pbx.hangsUp(phone);
      const row = onlyRow(pbx, { connections: [connected(offset)] });
      assert.equal([row.occurred_at, row.answered_at, row.ended_at], [8, 11, 15].map(at).map(toRfc3339));
      assert.equal([row.ring_seconds, row.duration_seconds, row.incomplete], [3, 4, []]);
    });

    test(`tells the times of a call that began between that and the next comparison (${how})`, () => {
      const pbx = new ScenarioPbx();
      pbx.tellsTime = tellsTime;
      pbx.wait(10);
      pbx.clockOffset = offset;
      pbx.wait(1);
      const trunk = pbx.comesIn('PJSIP/mytrunk');
      const phone = pbx.rings('101', trunk);
      pbx.wait(3);
      pbx.connects(trunk, phone);
      pbx.wait(4);
      pbx.hangsUp(trunk);
      pbx.hangsUp(phone);
      const row = onlyRow(pbx, { connections: [connected(offset)] });
      assert.equal([row.occurred_at, row.answered_at, row.ended_at], [11, 14, 18].map(at).map(toRfc3339));
      assert.equal([row.ring_seconds, row.duration_seconds, row.incomplete], [3, 4, []]);
    });
  }
}

test.run();
