import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v4 as uuid } from 'uuid';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import type { NewEvent } from '../../src/domain/events.ts';
import { appendRefused } from '../../src/log/appendRefused.ts';
import { RefusedFolder } from '../../src/log/refusedFolder.ts';
import { brokenLog, type Fate } from '../support/brokenLog.ts';
import { readStream } from '../support/listening.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('facts that the log has refused');

const database = await createDatabase();
const realLog = await openPostgresLog({ url: database.url });
test.after(async () => {
  await realLog.close();
  await database.drop();
});

function factOf(seq: number): NewEvent {
  const at = '2026-11-25T10:00:00.000000Z';
  const metadata = { v: 1, recorded_at: at, app: 'test', $correlationId: 'x', pbx: 'main', session: 0, seq };
  return {
    id: uuid(),
    type: 'CallHungUp',
    data: { fields: [['N', `${seq}`]] },
    metadata: { ...metadata, received_at: at },
  };
}

/** A stream of its own, three facts of it in a folder, and what a log answers when they are appended again. */
function withThree(
  work: (so: {
    readonly folder: RefusedFolder;
    readonly stream: string;
    readonly facts: readonly NewEvent[];
    again(fateOf?: (events: readonly NewEvent[]) => Fate): ReturnType<typeof appendRefused>;
  }) => Promise<void>,
): Promise<void> {
  return inTemporaryFolder(async (dataDir) => {
    const folder = new RefusedFolder(dataDir);
    const stream = `call-main-${uuid()}`;
    const facts = [0, 1, 2].map(factOf);
    for (const event of facts.toReversed()) assert.ok(folder.keep({ stream, event, code: 'INVALID_EVENT' }));
    const again = (fateOf: (events: readonly NewEvent[]) => Fate = () => 'works') =>
      appendRefused(
        brokenLog(realLog, (_, events) => fateOf(events)),
        folder,
      );
    await work({ folder, stream, facts, again });
  });
}

const idsOf = async (stream: string) => (await readStream(realLog, stream)).map(({ id }) => id);

test('are kept whole, once each, where nobody else can read them', () =>
  inTemporaryFolder((dataDir) => {
    const folder = new RefusedFolder(dataDir);
    const fact = { stream: 'call-main-1.1', event: factOf(1), code: 'PostgreSQL 22P05' };
    assert.ok(folder.keep(fact));
    assert.ok(folder.keep(fact));
    assert.equal(folder.state(), { kept: 1, lost: 0 });
    assert.equal(new RefusedFolder(dataDir).read(), { facts: [fact], unreadable: 0 });
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    const inside = join(dataDir, 'refused');
    assert.is(modeOf(inside), 0o700);
    assert.equal(
      readdirSync(inside).map((name) => modeOf(join(inside, name))),
      [0o600],
    );
  }));

test('are bounded, in number and in bytes; what is beyond is counted', () =>
  inTemporaryFolder((dataDir) => {
    const keep = (folder: RefusedFolder) => folder.keep({ stream: 's', event: factOf(0), code: 'INVALID_EVENT' });
    const few = new RefusedFolder(dataDir, { facts: 2, bytes: 1_000_000 });
    assert.equal([keep(few), keep(few), keep(few)], [true, true, false]);
    assert.equal(few.state(), { kept: 2, lost: 1 });
    const small = new RefusedFolder(dataDir, { facts: 1_000, bytes: 500 });
    assert.is(keep(small), false);
    const [one] = few.read().facts;
    assert.ok(one);
    new RefusedFolder(dataDir).remove(one);
    assert.ok(keep(few), 'there is room again when another process has appended some');
  }));

test('are counted when the folder cannot be written', () =>
  inTemporaryFolder((dataDir) => {
    writeFileSync(join(dataDir, 'refused'), 'a file');
    const folder = new RefusedFolder(dataDir);
    assert.is(folder.keep({ stream: 's', event: factOf(0), code: 'INVALID_EVENT' }), false);
    assert.equal(folder.state(), { kept: 0, lost: 1 });
    assert.throws(() => folder.read(), /cannot be read/);
  }));

test('are appended again with their own ids, in the order in which the PBX said them, behind what stands there', () =>
  withThree(async ({ folder, stream, facts, again }) => {
    const before = factOf(9);
    await realLog.append(stream, [before], 'no_stream');
    assert.equal(await again(), { stored: 3, erased: 0, refused: new Map() });
    assert.equal(
      await idsOf(stream),
      [before, ...facts].map(({ id }) => id),
    );
    assert.equal(folder.state(), { kept: 0, lost: 0 });
    assert.equal(await again(), { stored: 0, erased: 0, refused: new Map() });
  }));

test('are stored once, also when their append came through unheard or the PBX goes on speaking', () =>
  withThree(async ({ folder, stream, facts, again }) => {
    const more = factOf(9);
    let appends = 0;
    const lost = await again(() => (appends++ === 1 ? 'stored_but_unknown' : 'works')).catch((error) => error.code);
    assert.is(lost, 'LOG_OUTCOME_UNKNOWN');
    await realLog.append(stream, [more], 1n);
    assert.equal(await again(), { stored: 2, erased: 0, refused: new Map() });
    const [first, second, third] = facts;
    assert.equal(
      await idsOf(stream),
      [first, second, more, third].map((event) => event?.id),
    );
    assert.is(folder.state().kept, 0);
  }));

test('stay while the log refuses them still; the others go', () =>
  withThree(async ({ folder, stream, facts, again }) => {
    const [first, second, third] = facts;
    const result = await again(([event]) => (event?.id === second?.id ? 'INVALID_EVENT' : 'works'));
    assert.equal(result, { stored: 2, erased: 0, refused: new Map([['INVALID_EVENT', 1]]) });
    assert.equal(await idsOf(stream), [first?.id, third?.id]);
    assert.equal(
      folder.read().facts.map(({ event }) => event),
      [second],
    );
  }));

test('are gone when their call was erased', () =>
  withThree(async ({ folder, again }) => {
    assert.equal(await again(() => 'STREAM_DELETED'), { stored: 0, erased: 3, refused: new Map() });
    assert.is(folder.state().kept, 0);
  }));

test('all stay when the log is away', () =>
  withThree(async ({ folder, again }) => {
    assert.is(await again(() => 'LOG_UNAVAILABLE').catch((error) => error.code), 'LOG_UNAVAILABLE');
    assert.is(folder.state().kept, 3);
  }));

test.run();
