import * as assert from 'uvu/assert';
import { defaultRules, type Rules } from '../../../src/domain/rules.ts';
import { fromRfc3339, type Micros } from '../../../src/domain/time.ts';
import type { InVersion } from '../../../src/ports/readModel.ts';
import type { DiffFilter, DiffItem } from '../../../src/ports/rebuilds.ts';
import { diffItems } from '../../../src/projections/diff/diffItems.ts';
import { diffVersions } from '../../../src/projections/diff/diffVersions.ts';
import { tryRules } from '../../../src/projections/index.ts';
import { suite } from '../../support/suite.ts';
import { Appending } from '../support/appending.ts';
import { customerTold } from '../support/events.ts';
import { catchUp, RULES, type TestReadModel, withReadModel } from '../support/readModel.ts';
import { demoRecording, sessionOf } from '../support/recordedCalls.ts';
import { rebuildsOf, rebuilt, runAll, versionOf } from './support.ts';

const test = suite('what a rebuild would change', { deadlineMs: 60_000 });

const RECORDINGS = [
  'inbound-answered',
  'inbound-transferred',
  'outbound-answered',
  'inbound-missed',
  'inbound-withheld',
];
const AT = fromRfc3339('2026-11-17T10:00:00Z') ?? (0 as Micros);

/** Which columns each setting governs; nothing else may differ after it has changed. */
const GOVERNS: readonly { rules: Rules; columns: readonly string[]; because: string }[] = [
  {
    because: 'our own numbers',
    rules: { ...RULES, own_numbers: ['+306912345678'] },
    columns: ['customer_id', 'match'],
  },
  {
    because: 'the order of matching',
    rules: { ...RULES, matching: ['later_owner'] },
    columns: ['customer_id', 'match'],
  },
  {
    because: 'the country',
    rules: { ...RULES, country: 'DE' },
    columns: ['customer_id', 'match', 'external_number', 'did'],
  },
];

for (const { because, rules, columns } of GOVERNS) {
  test(`is in the columns that ${because} govern, and in no other`, async () => {
    await withCalls(async (model) => {
      const rebuilds = rebuildsOf(model);
      await rebuilt(rebuilds, rules);
      const diff = await rebuilds.diff(2);
      assert.ok(diff.complete);
      assert.ok(diff.changed > 0, 'something changes');
      assert.equal([diff.added, diff.removed], [0, 0]);
      assert.equal(
        Object.keys(diff.byField).filter((column) => !columns.includes(column)),
        [],
      );
    });
  });
}

test('is nothing when code and rules are the same', async () => {
  await withCalls(async (model) => {
    const rebuilds = rebuildsOf(model);
    await rebuilt(rebuilds);
    const { counted, ...diff } = await rebuilds.diff(2);
    assert.equal(diff, { against: 1, complete: true, added: 0, removed: 0, changed: 0, byField: {} });
    assert.equal([counted?.isWhole, counted?.share], [true, 1]);
    assert.equal(await rebuilds.diffItems(2, {}, null, 10), { items: [], next: null });
  });
});

test('is told row by row: before, after and why, in pages, by kind and by column', async () => {
  await withCalls(async (model) => {
    const rebuilds = rebuildsOf(model);
    await rebuilt(rebuilds, { ...RULES, own_numbers: ['+306912345678'] });
    const { changed, byField } = await rebuilds.diff(2);
    const all: DiffItem[] = [];
    for (let after: InVersion<string> | null = null; ; ) {
      const { items, next } = await rebuilds.diffItems(2, {}, after, 1);
      all.push(...items);
      if (next === null) break;
      after = next;
    }
    assert.is(all.length, changed);
    assert.equal(
      all.map(({ id }) => id),
      all.map(({ id }) => id).toSorted(),
    );
    const [item] = (await rebuilds.diffItems(2, { kind: 'changed', field: 'customer_id' }, null, 10)).items;
    const field = item?.fields.find((one) => one.field === 'customer_id');
    assert.equal([field?.before, field?.after], ['a', null]);
    assert.match(JSON.stringify(field?.why), 'own_number');
    assert.is(byField.customer_id, (await rebuilds.diffItems(2, { field: 'customer_id' }, null, 100)).items.length);
    assert.equal((await rebuilds.diffItems(2, { kind: 'removed' }, null, 10)).items, []);
  });
});

test('has rows that are added and, seen from the other side, removed', async () => {
  await withCalls(async (model) => {
    const rebuilds = rebuildsOf(model);
    await rebuilt(rebuilds, { ...RULES, trunk_contexts: ['nowhere'], internal_contexts: ['from-*'] });
    const there = await rebuilds.diff(2);
    await rebuilds.activate(2, { force: false }, { actor: { sub: 'a', role: 'admin' }, requestId: 'r' });
    const back = await rebuilds.diff(1);
    assert.equal([back.added, back.removed, back.changed], [there.removed, there.added, there.changed]);
    assert.ok(there.removed > 0);
  });
});

test('is foretold by a trial on the newest calls, without building anything', async () => {
  await withCalls(async (model) => {
    await catchUp(model);
    const rules = { ...RULES, own_numbers: ['+306912345678'] };
    const trial = await tryRules(model, rules, 100);
    assert.is(trial.calls, RECORDINGS.length);
    const rebuilds = rebuildsOf(model);
    await rebuilt(rebuilds, rules);
    const { added, removed, changed, byField } = await rebuilds.diff(2);
    assert.equal([trial.added, trial.removed, trial.changed], [added, removed, changed]);
    assert.equal(Object.entries(trial.byField).toSorted(), Object.entries(byField).toSorted());
    assert.is((await tryRules(model, defaultRules('GR'), 2)).calls, 2);
  });
});

test('has the same rows in the same pages, wherever they are looked for first', async () => {
  await withCalls(async (model) => {
    await rebuilt(rebuildsOf(model), { ...RULES, own_numbers: ['+306912345678'] });
    const ids = (await model.pool.query('select id from read_v1.crm_comms_log order by id')).rows.map(({ id }) => id);
    assert.is(ids.length, RECORDINGS.length);
    await model.pool.query('delete from read_v1.crm_comms_log where id = $1', [ids[3]]);
    await model.pool.query('delete from read_v2.crm_comms_log where id = any($1)', [[ids[0], ids[4]]]);
    const [before, now] = [await versionOf(model, 1), await versionOf(model, 2)];
    const diff = await diffVersions(model.pool, { before, after: now });
    assert.equal([diff.added, diff.removed], [1, 2]);
    assert.ok(diff.changed > 0, 'something changes');
    const all = await diffItems(model.pool, { before, after: now }, {}, { after: null, limit: 10 });
    assert.is(all.items.length, diff.added + diff.removed + diff.changed);
    for (const lookedAtFirst of [1, 2, 3, 5]) {
      const page = (filter: DiffFilter, after: string | null, limit: number) =>
        diffItems(model.pool, { before, after: now }, filter, { after, limit, lookedAtFirst });
      assert.equal(await page({}, null, 10), all);
      const first = await page({}, null, 2);
      assert.equal(first.items, all.items.slice(0, 2));
      const rest = await page({}, first.next, 10);
      assert.equal([...first.items, ...rest.items], all.items);
      assert.is((await page({ kind: 'removed' }, null, 10)).items.length, 2);
    }
    const some: DiffItem[] = [];
    let pages = 0;
    for (let after: string | null = null; pages === 0 || after !== null; pages += 1) {
      const lookedAt = { lookedAtFirst: 1, lookedAtMost: 1 };
      const page = await diffItems(model.pool, { before, after: now }, {}, { after, limit: 10, ...lookedAt });
      some.push(...page.items);
      after = page.next;
    }
    assert.equal(some, all.items);
    assert.ok(pages >= RECORDINGS.length, 'a page ends where it has looked at enough rows');
  });
});

async function withCalls(work: (model: TestReadModel) => Promise<void>): Promise<void> {
  await withReadModel(async (model) => {
    await new Appending(model.log).append([
      customerTold('CustomerRegistered', 'a', [{ number: '6912345678', from: '2026-11-01T00:00:00Z' }], AT),
      ...(await sessionOf('pbx', 0, RECORDINGS.map(demoRecording))),
    ]);
    const running = runAll(model);
    try {
      await work(model);
    } finally {
      await running.stop();
    }
  });
}

test.run();
