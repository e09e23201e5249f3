import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { type Recording, readRecording, rowsOf } from '../../src/cli/text/recordedCalls.ts';
import type { Connection } from '../../src/domain/call/foldGroup.ts';
import { type CallEntry, callEntrySchema, currentCallSchema } from '../../src/domain/entry.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { groupFacts } from '../../src/domain/facts/grouping.ts';
import { foldAndRead } from '../../src/domain/readGroup.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import type { Micros } from '../../src/domain/time.ts';
import { anyFact } from '../support/anyFact.ts';
import { bytesOfRecording, type RecordingFile, recordingFiles } from '../support/recordings.ts';
import { suite } from '../support/suite.ts';
import { compareWithTruth } from '../support/truth.ts';

const test = suite('the rows of a recording', { deadlineMs: 60_000 });
const rules = defaultRules('GR');
const files = new Map(recordingFiles().flatMap((file) => (file.isTimed ? [[file.name, file] as const] : [])));
const recordings = new Map<string, Promise<Recording>>();

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

const SESSION: Connection = {
  pbx: 'pbx',
  session: 0,
  connectedAt: 0 as Micros,
  disconnectedAt: 9 as Micros,
  lastHeardAt: null,
  pbxWentDown: false,
  reason: null,
};

/** Frames so close together can come in another order. */
const CLOSE = 50_000;

const aRecording = fc.constantFrom(...files.keys());
const holds = <T>(property: fc.IAsyncProperty<T>, numRuns: number) => fc.assert(property, { seed, numRuns });

test('are right or marked incomplete when the listener connects in the middle', () =>
  holds(
    fc.asyncProperty(aRecording, fc.double({ min: 0, max: 1, noNaN: true }), async (name, where) => {
      const { facts, connection } = await read(name);
      const whole = rowsOf({ facts, connection }, rules);
      const rest = facts.slice(Math.floor(where * facts.length));
      const rows = rowsOf({ facts: rest, connection }, rules);
      for (const row of rows.filter(({ incomplete }) => incomplete.length === 0)) {
        assert.equal(
          row,
          whole.find(({ id }) => id === row.id),
        );
      }
      const problems = compareWithTruth(rows, fileOf(name).truth, rest, true);
      assert.equal(
        problems.filter((problem) => problem.includes('internal call') || problem.includes('no call')),
        [],
      );
    }),
    300,
  ));

test('are answered when the first talk begins', async () => {
  for (const name of files.keys()) {
    for (const { outcome, answered_at, segments, ext_message_id } of rowsOf(await read(name), rules)) {
      if (outcome === 'answered') assert.is(segments[0]?.from ?? null, answered_at, `${name} ${ext_message_id}`);
    }
  }
});

test('are the same when the PBX says everything twice', () =>
  holds(
    fc.asyncProperty(aRecording, async (name) => {
      const { facts } = await read(name);
      assert.equal(rowsIn(renumbered(facts.flatMap((fact) => [fact, fact]))), rowsIn(facts));
      assert.equal(rowsIn(renumbered([...facts, ...facts])), rowsIn(facts));
    }),
    100,
  ));

test('are the same when frames that have nothing in common come in another order', () =>
  holds(
    fc.asyncProperty(aRecording, fc.infiniteStream(fc.nat()), async (name, numbers) => {
      const { facts } = await read(name);
      assert.equal(rowsIn(renumbered(commuted(facts, () => numbers.next().value ?? 0))), rowsIn(facts));
    }),
    100,
  ));

test('of two recordings at the same time are those of each', () =>
  holds(
    fc.asyncProperty(aRecording, aRecording, fc.infiniteStream(fc.boolean()), async (one, other, choices) => {
      fc.pre(one !== other);
      const [first, second] = [(await read(one)).facts, (await read(other)).facts];
      const union = [...rowsIn(first), ...rowsIn(second)].sort(byId);
      const mixed = interleaved(first, second, () => choices.next().value ?? true);
      assert.equal(rowsIn(renumbered(mixed)).sort(byId), union);
    }),
    100,
  ));

test('do not depend on the order in which streams are read', () =>
  holds(
    fc.asyncProperty(aRecording, fc.infiniteStream(fc.nat()), async (name, numbers) => {
      const { facts } = await read(name);
      assert.equal(rowsIn(shuffled(facts, () => numbers.next().value ?? 0)), rowsIn(facts));
    }),
    100,
  ));

test('are told up to any byte at which a transcript is cut', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-cut-'));
  try {
    await holds(
      fc.asyncProperty(aRecording, fc.double({ min: 0, max: 1, noNaN: true }), async (name, where) => {
        const bytes = bytesOfRecording(fileOf(name));
        const path = join(folder, 'ami.txt');
        writeFileSync(path, bytes.subarray(0, Math.floor(where * bytes.length)));
        assert.ok(Array.isArray(rowsOf(await readRecording(path), rules)));
      }),
      100,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('are rows whatever the facts are', () =>
  holds(
    fc.asyncProperty(fc.array(anyFact(), { maxLength: 40 }), async (facts) => {
      const connections = [
        { ...SESSION, session: 0 },
        { ...SESSION, session: 1, pbxWentDown: true },
      ];
      for (const log_internal of [true, false]) {
        const context = { connections, rules: { ...rules, log_internal } };
        z.array(callEntrySchema).parse(rowsOf({ facts, connection: null }, context.rules));
        for (const group of groupFacts(facts)) {
          const { entries, current } = foldAndRead(group, context);
          z.array(callEntrySchema).parse(entries);
          z.array(currentCallSchema.omit({ customer_id: true, match: true })).parse(current);
        }
      }
    }),
    500,
  ));

test.run();

function fileOf(name: string): RecordingFile {
  const file = files.get(name);
  if (!file) throw new Error(`there is no recording ${name}`);
  return file;
}

function read(name: string): Promise<Recording> {
  const known = recordings.get(name) ?? readRecording(fileOf(name).path);
  recordings.set(name, known);
  return known;
}

function rowsIn(facts: readonly Fact[]): CallEntry[] {
  return rowsOf({ facts, connection: null }, rules);
}

function renumbered(facts: readonly Fact[]): Fact[] {
  return facts.map((fact, seq) => ({ ...fact, seq }));
}

function commuted(facts: readonly Fact[], random: () => number): Fact[] {
  const result = [...facts];
  for (let round = 0; round < 4; round += 1) {
    for (let at = 1; at < result.length; at += 1) {
      const [before, after] = [result[at - 1], result[at]];
      if (!before || !after || random() % 2 === 0 || !commute(before, after)) continue;
      result[at - 1] = after;
      result[at] = before;
    }
  }
  return result;
}

function commute(a: Fact, b: Fact): boolean {
  if (a.at === null || b.at === null || Math.abs(a.at - b.at) > CLOSE) return false;
  const ofB = namesIn(b);
  return ![...namesIn(a)].some((name) => ofB.has(name));
}

function namesIn({ channels, bridges, record }: Fact): Set<string | null> {
  const names = channels.flatMap(({ name, uniqueid, linkedid }) => [name, uniqueid, linkedid]);
  const recorded = [record?.channel ?? null, record?.destinationChannel ?? null];
  const all = new Set([...names, ...recorded, ...bridges.map(({ id }) => id)]);
  all.delete(null);
  return all;
}

function interleaved(first: readonly Fact[], second: readonly Fact[], isFirst: () => boolean): Fact[] {
  const [a, b] = [[...first], [...second]];
  const result: Fact[] = [];
  while (a.length > 0 || b.length > 0) {
    const next = (b.length === 0 || (a.length > 0 && isFirst()) ? a : b).shift();
    if (next) result.push(next);
  }
  return result;
}

function shuffled(facts: readonly Fact[], random: () => number): Fact[] {
  const result: Fact[] = [];
  for (const fact of facts) result.splice(random() % (result.length + 1), 0, fact);
  return result;
}

function byId(a: CallEntry, b: CallEntry): number {
  return a.id < b.id ? -1 : 1;
}
