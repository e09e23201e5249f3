import * as assert from 'uvu/assert';
import type { PbxFactData } from '../../../src/domain/events.ts';
import type { CallRecordSource, WantedRecords } from '../../../src/ports/callRecordSource.ts';
import { callRecords } from '../../support/callRecords.ts';
import { suite } from '../../support/suite.ts';

export type Records = readonly ReadonlyMap<string, string>[];
/** A source that holds these records. */
export type SourceUnderTest = {
  open(records: Records): Promise<CallRecordSource>;
  drop(): Promise<void>;
};

const ALL: WantedRecords = { since: null, until: null, after: null };
const TESTED = ['calldate', 'src', 'clid', 'channel', 'dstchannel', 'lastdata', 'billsec', 'linkedid', 'sequence'];

/** What every source of call records must do. */
export function contract(name: string, create: () => Promise<SourceUnderTest>, skipped: string | null = null): void {
  const test = suite(name, { deadlineMs: 120_000 });
  if (skipped !== null) {
    test.skip(`is not tested here: ${skipped}`, () => {});
    test.run();
    return;
  }
  let underTest: SourceUnderTest | undefined;
  test.before(async () => {
    underTest = await create();
  });
  test.after(() => underTest?.drop());
  const withSource = async (records: Records, work: (source: CallRecordSource) => Promise<void>) => {
    if (underTest === undefined) throw new Error('the source was not made');
    const source = await underTest.open(records);
    try {
      await work(source);
    } finally {
      await source.close();
    }
  };

  test('gives every record once, as it stands there', () =>
    withSource(callRecords(), async (source) => {
      const read = await batchesOf(source, ALL);
      assert.equal(told(read.flatMap(({ records }) => records)), told(callRecords()));
    }));

  test('gives only what began in the period', () =>
    withSource(callRecords(), async (source) => {
      const [since, until] = ['2026-11-28 14:30:00', '2026-11-28 14:40:00'];
      const read = await batchesOf(source, { since, until, after: null });
      const wanted = callRecords().filter((record) => begin(record) >= since && begin(record) < until);
      assert.equal(told(read.flatMap(({ records }) => records)), told(wanted));
    }));

  test('goes on after any batch without losing a record', async () => {
    const many = manyRecords();
    await withSource(many, async (source) => {
      const read = await batchesOf(source, ALL);
      assert.ok(read.length > 2, 'batches are bounded');
      const first = read[0];
      if (first === undefined) throw new Error('there is no batch');
      const rest = await batchesOf(source, { ...ALL, after: first.key });
      const all = [...first.records, ...rest.flatMap(({ records }) => records)];
      assert.is(new Set(told(all)).size, many.length);
    });
  });

  test('an empty one gives nothing', () =>
    withSource([], async (source) => {
      assert.equal(await batchesOf(source, ALL), []);
    }));

  test.run();
}

async function batchesOf(source: CallRecordSource, wanted: WantedRecords) {
  const batches = [];
  for await (const batch of source.batches(wanted, new AbortController().signal)) batches.push(batch);
  return batches;
}

function told(records: readonly (PbxFactData | ReadonlyMap<string, string>)[]): string[] {
  return records
    .map((record) => {
      const columns = 'fields' in record ? new Map(record.fields) : record;
      return TESTED.map((name) => columns.get(name) ?? '').join('|');
    })
    .sort();
}

function begin(record: ReadonlyMap<string, string>): string {
  return record.get('calldate') ?? '';
}

/** More than two batches; a hundred begin in each second, so that a second lies across the end of a batch. */
function manyRecords(): Records {
  const [one] = callRecords();
  return Array.from({ length: 12_000 }, (_, at) => {
    const calldate = new Date(Date.UTC(2026, 0, 1) + Math.floor(at / 130) * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ');
    return new Map([...(one ?? []), ['calldate', calldate], ['sequence', `${at}`]]);
  });
}
