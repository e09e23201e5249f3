import { v4 as uuid } from 'uuid';
import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { RefusedFolder } from '../../src/log/refusedFolder.ts';
import { systemEvent } from '../projections/support/events.ts';
import { withReadModel } from '../projections/support/readModel.ts';
import { readStream } from '../support/listening.ts';
import { command } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('commslog refused', { deadlineMs: 120_000 });

test('counts what the log has refused and appends it again; doctor names the command', () =>
  inTemporaryFolder((dataDir) =>
    withReadModel(async ({ log, url }) => {
      const settings = { DATA_DIR: dataDir, DATABASE_URL: url };
      const folder = new RefusedFolder(dataDir);
      const stream = `call-main-${uuid()}`;
      const event = systemEvent('CallHungUp', { fields: [] }, 0 as Micros);
      folder.keep({ stream, event, code: 'PostgreSQL 22P05' });

      const counted = await command(['refused'], settings);
      assert.match(counted.stdout, /PostgreSQL 22P05 +1/);
      assert.match((await command(['doctor'], settings)).stdout, '`commslog refused append` appends them again');

      const appended = await command(['refused', 'append'], settings);
      assert.is(appended.status, 0, appended.stderr);
      assert.match(appended.stdout, '1 are in the log now');
      assert.equal(
        (await readStream(log, stream)).map(({ id }) => id),
        [event.id],
      );
      assert.match((await command(['refused'], settings)).stderr, 'the log has refused no facts');
    }),
  ));

test.run();
