import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { exportFacts } from '../../src/cli/commands/exportFacts.ts';
import { periodOption } from '../../src/cli/commands/logCommand.ts';
import { reconcile } from '../../src/cli/commands/reconcile.ts';
import { hasCode } from '../../src/errors.ts';
import { suite } from '../support/suite.ts';

const test = suite('the period that a command is given');
const file = join('nowhere', 'not-written.ndjson');

for (const [from, to, says] of [
  ['2026-02-01', '2026-01-01', '--to must be after --from'],
  ['2026-02-01', '2026-02-01T00:00:00Z', '--to must be after --from'],
  ['0000-01-01', '2026-01-01', '--from must be a day or a time with offset, of the years 1 to 9999'],
  ['2026-01-01', '9999-12-31T23:59:59-23:00', '--to must be a day or a time with offset, of the years 1 to 9999'],
  ['yesterday', '2026-01-01', '--from must be a day or a time with offset'],
] as const) {
  test(`is refused by the name of what is wrong, before anything is asked: from ${from} to ${to}`, async () => {
    const isRefused = (error: unknown) => hasCode(error, 'CONFIG_INVALID') && error.message.startsWith(says);
    assert.throws(() => periodOption({ from, to }), isRefused);
    for (const command of [exportFacts(file, { from, to }), reconcile({ from, to, json: false })]) {
      assert.ok(
        await command.then(
          () => false,
          (error: unknown) => isRefused(error),
        ),
      );
    }
  });
}

test('may begin and end on a day, or at a time of any offset', () => {
  assert.equal(periodOption({ from: '2026-01-01', to: '2026-01-01T03:00:00+02:00' }), {
    from: 1_767_225_600_000_000,
    to: 1_767_229_200_000_000,
  });
});

test.run();
