import * as assert from 'uvu/assert';
import { actedSource, type Scene } from '../../../src/adapters/ami/index.ts';
import { asDialled, demoCompany, demoCustomers } from '../../../src/cli/demo/company.ts';
import { drawHistory } from '../../../src/cli/demo/history.ts';
import { endOf } from '../../../src/cli/demo/lengths.ts';
import { LiveCalls } from '../../../src/cli/demo/liveCalls.ts';
import { hourOf } from '../../../src/cli/demo/officeHours.ts';
import { readField } from '../../../src/domain/customers.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { fromRfc3339, type Micros } from '../../../src/domain/time.ts';
import { rowsOfSource } from '../../support/sourceRows.ts';
import { suite } from '../../support/suite.ts';
import { differences, meantBy } from './meant.ts';

const test = suite("the demo's company", { deadlineMs: 60_000 });
const company = demoCompany();
const customers = demoCustomers();
// a Monday at noon; summer time ends within the six weeks before it
const UNTIL = Date.UTC(2026, 10, 16, 10) * 1000;
const ZONE = 'Europe/Athens';
const draw = (seed?: number) =>
  drawHistory({ company, customers, until: UNTIL as Micros, zone: ZONE, ...(seed === undefined ? {} : { seed }) });
const scenes = draw();

async function rowsOf(calls: readonly Scene[]) {
  const ids = new Map<string, Scene>();
  const onBegun = (scene: Scene, linkedid: string) => ids.set(linkedid, scene);
  const source = actedSource({ pbx: 'demo', scenes: calls, toldUntil: null, onBegun });
  return { rows: await rowsOfSource(source, defaultRules('GR')), ids };
}

test('is made of twelve people and two hundred customers, with numbers that are understood', () => {
  const extensions = company.people.map(({ extension }) => extension);
  assert.equal(
    extensions,
    Array.from({ length: 12 }, (_, at) => String(101 + at)),
  );
  assert.is(customers.length, 200);
  assert.is(new Set(customers.map(({ id }) => id)).size, 200);
  const numbers = customers.flatMap((customer) => customer.numbers.map(({ number }) => number));
  assert.equal(
    numbers.filter((number) => readField(number, 'GR').some(({ e164 }) => e164 === null)),
    [],
  );
  const shared = numbers.length - new Set(numbers.map(asDialled)).size;
  assert.ok(shared >= 3, `${shared} numbers of two customers`);
  assert.ok(customers.filter((customer) => customer.numbers.length > 1).length > 30);
});

for (const seed of [undefined, 1]) {
  test(`has a history whose every call makes the row that was meant, seed ${seed ?? 'of the demo'}`, async () => {
    const calls = draw(seed);
    const { rows, ids } = await rowsOf(calls);
    assert.is(rows.length, calls.length);
    assert.equal(
      rows.flatMap((row) => differences(row, ids.get(row.ext_message_id))),
      [],
    );
  });
}

test('has live calls that make the rows that were meant, several at once', async () => {
  const live = new LiveCalls(company, customers, 7);
  const calls: Scene[] = [];
  for (let at = UNTIL as Micros; calls.length < 200; at = calls.at(-1)?.startsAt ?? at) calls.push(live.next(at));
  const { rows, ids } = await rowsOf(calls);
  assert.is(rows.length, calls.length);
  assert.equal(
    rows.flatMap((row) => differences(row, ids.get(row.ext_message_id))),
    [],
  );
  const under = (moment: Micros) => calls.filter((call) => call.startsAt <= moment && endOf(call) > moment).length;
  const mean = calls.reduce((sum, { startsAt }) => sum + under(startsAt), 0) / calls.length;
  assert.ok(mean > 3 && mean < 15, `${mean} at once`);
});

test('has about 1,700 calls of six weeks, all of them over', () => {
  assert.ok(scenes.length >= 1_550 && scenes.length <= 1_850, `${scenes.length} calls`);
  assert.ok(scenes.every((scene) => endOf(scene) < UNTIL && scene.startsAt >= UNTIL - 42 * 86_400_000_000));
  assert.ok(scenes.every((scene, at) => scene.startsAt >= (scenes[at - 1]?.startsAt ?? 0)));
});

test('is busy at eleven and at four, quiet at two, and rings at night too', () => {
  const at = (hour: number) => scenes.filter(({ startsAt }) => Math.floor(hourOf(startsAt, ZONE)) === hour).length;
  for (const hour of [11, 16]) assert.ok(at(hour) > 1.4 * at(14), `${at(hour)} at ${hour}, ${at(14)} at 14`);
  const night = scenes.filter(({ startsAt }) => hourOf(startsAt, ZONE) >= 18 || hourOf(startsAt, ZONE) < 9);
  assert.ok(night.length > 15 && night.length < 0.1 * scenes.length, `${night.length} outside the hours`);
  assert.ok(night.every((scene) => scene.kind === 'inbound' && meantBy(scene).outcome === 'voicemail'));
});

test('knows every outcome, transfers, holds, withheld numbers, calls abroad, and callers who try again', () => {
  const outcomes = new Map<string, number>();
  for (const scene of scenes) {
    const { outcome } = meantBy(scene);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const share = (outcome: string) => (outcomes.get(outcome) ?? 0) / scenes.length;
  assert.ok(share('answered') > 0.6 && share('answered') < 0.8, `${share('answered')} answered`);
  for (const outcome of ['missed', 'abandoned', 'busy', 'failed', 'voicemail'])
    assert.ok(share(outcome) > 0.005, outcome);
  const text = JSON.stringify(scenes);
  for (const part of ['"blind"', '"attended"', '"after"', '"number":null', '"dialled":"00', '"none"', '"ring_group"']) {
    assert.ok(text.includes(part), part);
  }
  const tries = new Map<string, number>();
  for (const scene of scenes) {
    if (scene.kind === 'outbound' || meantBy(scene).talk > 0 || scene.caller.number === null) continue;
    const key = `${scene.caller.number} ${Math.floor(scene.startsAt / 86_400_000_000)}`;
    tries.set(key, (tries.get(key) ?? 0) + 1);
  }
  assert.ok([...tries.values()].filter((count) => count >= 3).length > 3);
});

test('has nobody in two calls at once', () => {
  const free = new Map<string, Micros>();
  for (const scene of scenes) {
    for (const extension of meantBy(scene).extensions) {
      assert.ok((free.get(extension) ?? 0) <= scene.startsAt, `${extension} speaks twice`);
      free.set(extension, endOf(scene));
    }
  }
});

test('calls back most of whom it missed, and not all', () => {
  const missed = scenes.filter((scene) => scene.kind === 'inbound' && meantBy(scene).talk === 0 && scene.caller.number);
  const later = missed.filter((scene) => {
    const number = scene.kind === 'inbound' ? scene.caller.number : null;
    return scenes.some(
      (other) =>
        other.startsAt > scene.startsAt &&
        meantBy(other).talk > 0 &&
        (other.kind === 'outbound' ? other.dialled : other.caller.number) === number,
    );
  });
  assert.ok(later.length > 0.6 * missed.length && later.length < missed.length, `${later.length} of ${missed.length}`);
});

test('is the same for the same seed, and another for another', () => {
  assert.equal(draw(), scenes);
  assert.not.equal(draw(5), scenes);
});

test('is told again from any of its moments on without a gap or a repeat', async () => {
  const said = async (toldUntil: Micros | null) => {
    const texts: string[] = [];
    const source = actedSource({ pbx: 'demo', scenes: scenes.slice(0, 60), toldUntil });
    for await (const item of source.items(new AbortController().signal)) {
      if (item.kind === 'frames') texts.push(...item.frames.map(({ fields }) => JSON.stringify(fields)));
    }
    return texts;
  };
  const all = await said(null);
  const middle = all[Math.floor(all.length / 2)] ?? '';
  const at = /"Timestamp","(\d+)\.(\d+)"/.exec(middle);
  const toldUntil = (Number(at?.[1]) * 1_000_000 + Number(at?.[2])) as Micros;
  assert.equal(await said(toldUntil), all.slice(Math.floor(all.length / 2) + 1));
  assert.ok(fromRfc3339('2026-11-16T10:00:00Z') === UNTIL);
});

test.run();
