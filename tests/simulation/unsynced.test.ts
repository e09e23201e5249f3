import pino from 'pino';
import * as assert from 'uvu/assert';
import { Journal } from '../../src/listening/index.ts';
import { Random } from '../support/random.ts';
import { suite } from '../support/suite.ts';
import { simulateBuiltins } from './builtins.ts';
import { World } from './world.ts';

const test = suite('what a process had written and not synced when it was killed');

const STEPS = 200;
const options = { folder: '/simulated/journal', logger: pino({ level: 'silent' }) };

simulateBuiltins();

test('is still there after a power cut once the next process has read it', async () => {
  // nothing fails, and of what a killed process had asked for nothing comes about any more
  const world = new World(chancesAre(false));
  const machine = world.machine('machine');

  const first = world.spawn('first', machine);
  void world.run(first, async () => (await Journal.open(options)).append({ is: 'heard' }));
  await until(world, () => world.trace.at(-1) === 'write of first');
  await world.kill(first);

  const second = world.spawn('second', machine);
  const readBefore: unknown[] = [];
  void world.run(second, () => readInto(readBefore));
  await until(world, () => readBefore.length > 0);
  await world.kill(second);

  // names come through, and no byte that was not synced
  machine.disk.powerCut(chancesAre(true));
  const readAfter: unknown[] = [];
  void world.run(world.spawn('third', machine), () => readInto(readAfter));
  await until(world, () => readAfter.length > 0);
  assert.equal(readAfter, readBefore);
});

test.run();

async function until(world: World, holds: () => boolean): Promise<void> {
  for (let step = 0; step < STEPS; step += 1) {
    if (holds()) return;
    await world.step();
  }
  throw new Error(`not within ${STEPS} steps: ${world.trace.join(', ')}`);
}

async function readInto(read: unknown[]): Promise<void> {
  const journal = await Journal.open(options);
  for await (const { record } of journal.read(new AbortController().signal)) read.push(record.is);
}

function chancesAre(always: boolean): Random {
  return Object.assign(new Random(1), { chance: () => always });
}
