import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { MemoryBudget, type MemoryShare } from '../../src/listening/memoryBudget.ts';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { listening } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('the memory that all PBXs share');

const database = await createDatabase();
const realLog = await openPostgresLog({ url: database.url });
test.after(async () => {
  await realLog.close();
  await database.drop();
});

const MAX_PBXS = 8;
const READ = { frames: 40, bytes: 9_000 };
const amount = fc.record({
  frames: fc.integer({ min: 1, max: READ.frames }),
  bytes: fc.integer({ min: 0, max: READ.bytes }),
});
const step = fc.record({
  pbx: fc.nat(MAX_PBXS - 1),
  does: fc.constantFrom('hears', 'hears', 'stores', 'waits'),
  amount,
});

/** What is held by these shares together. */
function total(shares: readonly MemoryShare[], unit: 'frames' | 'bytes'): number {
  return shares.reduce((sum, share) => sum + share.held()[unit], 0);
}

test('all PBXs together never keep more than the bound and a read each, and none is refused its reserve', async () => {
  const seed = Date.now();
  console.log(`shares of memory: seed ${seed}`);
  const never = new AbortController().signal;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: MAX_PBXS }),
      fc.record({ frames: fc.integer({ min: 16, max: 1_000 }), bytes: fc.integer({ min: 16, max: 100_000 }) }),
      fc.array(step, { maxLength: 300 }),
      async (pbxs, max, steps) => {
        const budget = new MemoryBudget(pbxs, max);
        const shares = Array.from({ length: pbxs }, () => budget.share());
        const waiting = new Map<MemoryShare, { found: boolean }>();
        for (const { pbx, does, amount } of steps) {
          const share = shares[pbx % pbxs];
          if (share === undefined) throw new Error('there are fewer PBXs');
          if (does === 'hears' && share.hasRoom()) share.hold(amount.frames, amount.bytes);
          if (does === 'stores') {
            const held = share.held();
            share.release(Math.min(amount.frames, held.frames), Math.min(amount.bytes, held.bytes));
          }
          if (does === 'waits' && !waiting.has(share)) {
            const wait = { found: false };
            waiting.set(share, wait);
            void share.room(never).then(() => {
              wait.found = true;
            });
          }
          await Promise.resolve();
          for (const unit of ['frames', 'bytes'] as const) {
            assert.ok(total(shares, unit) < max[unit] + pbxs * READ[unit], `too many ${unit}`);
          }
          for (const one of shares) {
            const isWithin = (unit: 'frames' | 'bytes') => one.held()[unit] < Math.floor(max[unit] / (2 * pbxs));
            if (isWithin('frames') && isWithin('bytes')) assert.ok(one.hasRoom(), 'refused its reserve');
            if (one.hasRoom() && waiting.has(one)) {
              assert.ok(waiting.get(one)?.found, 'waits although there is room');
              waiting.delete(one);
            }
          }
        }
      },
    ),
    { seed, numRuns: 300 },
  );
});

test('a PBX whose flood fills the memory does not keep what another says from being stored', async () => {
  const budget = new MemoryBudget(2, { frames: 2_000, bytes: 2_000_000 });
  const call = (n: number) => eventText('Newstate', { Uniqueid: '1795.1', Linkedid: '1795.1', N: String(n) });
  const flooded = budget.share();
  const floods = await listening(
    realLog,
    async (client) => {
      for (let n = 0; n < 20_000; n += 100) {
        client.send(Array.from({ length: 100 }, (_, i) => call(n + i)).join(''));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    { memory: flooded, fate: (stream) => (stream.startsWith('pbx-') ? 'works' : 'LOG_UNAVAILABLE') },
  );
  await eventually('the flood has filled its share', () => !flooded.hasRoom());
  const other = await listening(realLog, (client) => client.send(call(1).repeat(400)), { memory: budget.share() });
  await eventually('the other is heard and stored', () => other.listener.state().stored === 400);
  assert.not(flooded.hasRoom());
  floods.fate = () => 'works';
  await Promise.all([floods.end(), other.end()]);
});

test.run();
