import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { readRecording } from '../../../src/cli/text/recordedCalls.ts';
import type { Connection } from '../../../src/domain/call/foldGroup.ts';
import { type CallEntry, callEntrySchema, currentCallSchema } from '../../../src/domain/entry.ts';
import type { Fact } from '../../../src/domain/facts/fact.ts';
import { groupFacts } from '../../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../../src/domain/readGroup.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { anyFact } from '../../support/anyFact.ts';
import { anyRecord } from '../../support/anyRecord.ts';
import { recordingFile } from '../../support/recordings.ts';
import { suite } from '../../support/suite.ts';

const test = suite('rows with any call records', { deadlineMs: 60_000 });
const rules = defaultRules('GR');

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

const SESSION: Omit<Connection, 'session'> = {
  pbx: 'pbx',
  connectedAt: 0 as Connection['connectedAt'],
  disconnectedAt: 9 as Connection['connectedAt'],
  lastHeardAt: null,
  pbxWentDown: false,
  reason: null,
};
const CONNECTIONS = [
  { ...SESSION, session: 0 },
  { ...SESSION, session: 1 },
];

/** Whatever is there of these was heard. */
const HEARD = [
  'source',
  'direction',
  'external_number_raw',
  'external_name',
  'did',
  'dialled',
  'trunk',
  'occurred_at',
] as const;

test('are rows, whatever the records and the facts are', () =>
  fc.assert(
    fc.property(fc.array(fc.oneof(anyRecord(), anyFact()), { maxLength: 25 }), fc.boolean(), (facts, log_internal) => {
      for (const group of groupFacts(facts)) {
        const context = { connections: CONNECTIONS, rules: { ...rules, log_internal } };
        const { entries, current } = foldAndRead(group, context);
        z.array(callEntrySchema).parse(entries);
        z.array(currentCallSchema.omit({ customer_id: true, match: true })).parse(current);
        assert.is(new Set([...entries, ...current].map(({ id }) => id)).size, entries.length + current.length);
      }
    }),
    { seed, numRuns: 1_000 },
  ));

test('do not depend on the order of the records, nor on how often one was imported', () =>
  fc.assert(
    fc.property(fc.array(anyRecord(), { maxLength: 12 }), (records) => {
      const once = rowsIn(records);
      assert.equal(rowsIn([...records].reverse()), once);
      assert.equal(rowsIn([...records, ...records]), once);
    }),
    { seed, numRuns: 500 },
  ));

test('are those of before for a call that was heard from beginning to end', async () => {
  const { facts, connection } = await readRecording(recordingFile('asterisk-22/in-queue-103/ami.txt.gz').path);
  const connections = connection === null ? [] : [connection];
  const rows = (all: readonly Fact[]) =>
    groupFacts(all).flatMap((group) => foldAndRead(group, { connections, rules }).entries);
  const before = rows(facts);
  const ids = [...new Set(facts.flatMap(({ channels }) => channels.map(({ uniqueid }) => uniqueid)))];
  assert.ok(before.length > 0 && before.every(({ incomplete }) => incomplete.length === 0));
  fc.assert(
    fc.property(fc.array(anyRecord(ids), { maxLength: 8 }), (records) => {
      assert.equal(rows([...facts, ...records]), before);
    }),
    { seed, numRuns: 200 },
  );
});

test('never contradict what was heard of a call, and never double it', async () => {
  const names = ['in-queue-103', 'in-answered-101', 'out-prefix9', 'xfer-attended-sip', 'in-noanswer-voicemail'];
  const recordings = await Promise.all(
    names.map((name) => readRecording(recordingFile(`asterisk-22/${name}/ami.txt.gz`).path)),
  );
  const aRecording = fc.constantFrom(...recordings);
  const aPart = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  const records = fc.array(fc.tuple(anyRecord(['0']), fc.nat(), fc.nat()), { maxLength: 8 });
  fc.assert(
    fc.property(aRecording, aPart, records, ({ facts, connection }, part, some) => {
      const [from, to] = part.map((where) => Math.floor(where * facts.length)).sort((a, b) => a - b);
      const heard = facts.slice(from, to);
      const ids = [...new Set(heard.flatMap(({ channels }) => channels.map(({ uniqueid }) => uniqueid)))];
      const imported = some.map(([fact, one, other]) =>
        named(fact, ids[one % ids.length] ?? '1', ids[other % ids.length] ?? '1'),
      );
      // afterwards none of its channels was there any more
      const connections =
        connection === null ? [] : [connection, { ...connection, session: 1, listedAt: connection.disconnectedAt }];
      const rows = (all: readonly Fact[]) =>
        groupFacts(all).flatMap((group) => foldAndRead(group, { connections, rules }).entries);
      const [before, after] = [rows(heard), rows([...heard, ...imported])];
      assert.is(new Set(after.map(({ id }) => id)).size, after.length);
      for (const row of before) {
        const refined = after.find(({ id }) => id === row.id);
        for (const column of HEARD) if (row[column] !== null) assert.is(refined?.[column], row[column], column);
        if (row.answered_at !== null) assert.ok(isAnsweredAs(row, refined), 'answered_at');
        if (row.outcome === 'answered') assert.is(refined?.outcome, 'answered');
        for (const extension of row.extensions) assert.ok(refined?.extensions.includes(extension));
      }
    }),
    { seed, numRuns: 500 },
  );
});

test.run();

/** Before the first talk that was heard another can have been only where nobody heard the call begin. */
function isAnsweredAs({ answered_at, incomplete }: CallEntry, refined: CallEntry | undefined): boolean {
  const isLater = (refined?.answered_at ?? '') > (answered_at ?? '');
  return refined?.answered_at === answered_at || (incomplete.includes('start_not_heard') && !isLater);
}

function named(fact: Fact, uniqueid: string, linkedid: string): Fact {
  const { imported } = fact;
  if (imported === null) return fact;
  const channels = fact.channels.map((channel) => ({ ...channel, uniqueid, linkedid }));
  return { ...fact, channels, imported: { ...imported, uniqueid, linkedid } };
}

function rowsIn(facts: readonly Fact[]): CallEntry[] {
  return groupFacts(facts)
    .flatMap((group) => foldAndRead(group, { connections: [], rules }).entries)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
