import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVersion } from '../../src/projections/tables/createVersion.ts';
import { newSeed, Random } from '../support/random.ts';
import { suite } from '../support/suite.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { catchUp, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';
import { startWorker } from './support/worker.ts';

const VERSIONS = 10;
const KILLS = 10;
const EVENTS_AT_ONCE = 12;

const test = suite('a projector that is killed', { deadlineMs: 120_000 });

test('leaves rows that equal the fold of the log, killed a hundred times at any moment', async () => {
  const seed = newSeed();
  console.log(`seed ${seed}`);
  const random = new Random(seed);
  await withReadModel(async (model) => {
    const { log, db, url } = model;
    const of = { logId: await log.logId(), rules: model.version.rules, derivation: model.version.derivation };
    const versions = [model.version];
    for (let version = 2; version <= VERSIONS; version += 1) {
      await createVersion(db, version, of);
      versions.push({ ...model.version, version, schema: `read_v${version}` });
    }
    const recordings = ['inbound-queue', 'inbound-transferred', 'outbound-busy', 'inbound-voicemail'].map(
      demoRecording,
    );
    const told = await sessionOf('pbx', 0, recordings);
    const appending = new Appending(log);
    const atOnce = Math.ceil(told.length / KILLS);

    let next = startWorker(url, versions);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const worker = await next;
      next = kill + 1 < KILLS ? startWorker(url, versions) : next;
      const part = told.slice(kill * atOnce, (kill + 1) * atOnce);
      const goneOn = once(worker, 'message');
      worker.send({ go: true });
      const killAt = random.below(part.length);
      for (let at = 0; at < part.length; at += EVENTS_AT_ONCE) {
        await appending.append(part.slice(at, at + EVENTS_AT_ONCE));
        if (at <= killAt && killAt < at + EVENTS_AT_ONCE) {
          await goneOn;
          await sleep(random.below(20));
          worker.kill('SIGKILL');
        }
      }
      if (!worker.killed) worker.kill('SIGKILL');
    }
    for (const version of versions) {
      await catchUp({ ...model, version });
      await assertAgreesWithLog({ ...model, version });
    }
  });
});

test.run();
