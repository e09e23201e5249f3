import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { startListener } from '../../src/listening/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { PbxSource, SourceItem } from '../../src/ports/pbxSource.ts';
import { eventually } from '../support/eventually.ts';
import { keptMemory } from '../support/keptMemory.ts';
import { createDatabase } from '../support/postgres.ts';
import { saidSource } from '../support/saidSource.ts';
import { suite } from '../support/suite.ts';
import { temporaryJournal } from '../support/temporaryJournal.ts';

const test = suite('storing what a PBX says for weeks', { deadlineMs: 120_000 });

const READS = 10_000;
/** What the engine itself keeps is a matter of chance. */
const MAX_BYTES_EACH = 150;

const database = await createDatabase();
const log = await openPostgresLog({ url: database.url });
test.after(async () => {
  await log.close();
  await database.drop();
});

/** What one read of the socket gives. */
function said(): SourceItem {
  const fields = [
    ['Uniqueid', '1795.1'],
    ['Linkedid', '1795.1'],
  ] as const;
  const frame = { event: 'Newstate', fields, latin1: [], bytes: 60 };
  return { kind: 'frames', at: systemClock.now(), saidAfter: null, frames: [frame] };
}

test('keeps nothing in memory of what is stored, without a break', async () => {
  let allowed = 0;
  const source: PbxSource = {
    ...saidSource('main', []),
    async *items(signal) {
      yield { kind: 'connected', at: systemClock.now(), amiVersion: null, clockOffsetMs: 0 };
      for (let reads = 0; !signal.aborted; ) {
        await eventually('more may be said', () => reads < allowed || signal.aborted, 100_000);
        for (; reads < allowed; reads += 1) yield said();
      }
    },
  };
  const listener = startListener({
    source,
    journal: await temporaryJournal(),
    log,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    app: '0.0.0',
  });
  const storeMore = async () => {
    allowed += READS;
    await eventually('all is stored', () => listener.state().stored === allowed, 50_000);
    return keptMemory();
  };
  const before = await storeMore();
  const each = ((await storeMore()) - before) / READS;
  await listener.stop();
  assert.ok(each < MAX_BYTES_EACH, `${each} bytes each`);
});

test.run();
