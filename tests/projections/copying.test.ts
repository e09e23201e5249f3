import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { callDerivationOf } from '../../src/domain/derivation.ts';
import { parseRules, type Rules } from '../../src/domain/rules.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { sourceOf } from '../../src/projections/copying/sourceOf.ts';
import { buildVersion } from '../../src/projections/index.ts';
import { suite } from '../support/suite.ts';
import { bytesOf } from './rebuild/bytes.ts';
import { assertAgreesWithLog } from './support/agreement.ts';
import { Appending } from './support/appending.ts';
import { type Drawn, history, live, toldOf } from './support/drawnHistory.ts';
import { forHistories, newVersion } from './support/histories.ts';
import { catchUp, RULES, silent, type TestReadModel, withReadModel } from './support/readModel.ts';
import { demoRecording, sessionOf } from './support/recordedCalls.ts';

const test = suite('a version that differs only in whose calls are', { deadlineMs: 120_000 });

const RUNS = 8;

/** Settings of the second half. */
const whose = fc.record(
  {
    country: fc.constantFrom<Rules['country'][]>('GR', 'DE', null),
    own_numbers: fc.constantFrom<string[][]>([], ['+306912345678'], ['2109990001']),
    matching: fc.constantFrom<Rules['matching'][]>(['later_owner'], ['later_owner', 'number_at_the_time']),
    outside_line_prefixes: fc.constantFrom<string[][]>([], ['9'], ['69']),
    trunks: fc.constantFrom<Rules['trunks'][]>({}, { '*': { numbers: 'national', prefixes: ['691'] } }),
    pbx: fc.constantFrom<Rules['pbx'][]>({}, { pbx: { country: 'DE', own_numbers: ['+4930901820'] } }),
  },
  { requiredKeys: [] },
);
const drawn = fc.record({ history, whose, copiedAfter: fc.nat() });

test('copies another’s calls, at whatever moment, to the same bytes as by reading the log', async () => {
  let other = 0;
  await forHistories(drawn, RUNS, async (model, { history, whose, copiedAfter }, run) => {
    const rules = { ...history.rules, ...whose };
    const isOther = await copiedEqualsRead(model, 3 * run, { history, rules, copiedAfter });
    if (isOther) other += 1;
  });
  assert.ok(other > RUNS / 4, `${other} of ${RUNS} were copied to other rows`);
});

type Copied = { readonly history: Drawn; readonly rules: Rules; readonly copiedAfter: number };

/** Whether the rows are other by these rules. */
async function copiedEqualsRead(model: TestReadModel, version: number, { history, rules, copiedAfter }: Copied) {
  const source = await newVersion(model, version, history.rules);
  const told = await toldOf(history);
  const first = copiedAfter % (told.length + 1);
  const appending = new Appending(model.log);
  await live(source, told.slice(0, first), history, appending);
  await inState(source, 'ready');
  const copy = await newVersion(model, version + 1, rules);
  const found = await sourceOf(model.db, copy.version);
  assert.is(found?.version, first === 0 || isSame(rules, history.rules) ? undefined : version);
  await build(copy);
  await live(copy, told.slice(first), history, appending);
  await assertAgreesWithLog(copy);
  const read = await newVersion(model, version + 2, rules);
  await catchUp(read);
  const expected = await bytesOf(model.pool, read.version.schema);
  assert.equal(await bytesOf(model.pool, copy.version.schema), expected);
  await catchUp(source);
  // a later history may have the rules of one of them
  for (const one of [source, copy, read]) await inState(one, 'dropped');
  return !isSame(await bytesOf(model.pool, source.version.schema), expected);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function inState({ db, version }: TestReadModel, state: 'building' | 'ready' | 'dropped'): Promise<void> {
  await db
    .withSchema('commslog')
    .updateTable('read_model_version')
    .set({ state })
    .where('version', '=', version.version)
    .execute();
}

async function build({ db, pool, log, version }: TestReadModel): Promise<void> {
  const signal = new AbortController().signal;
  await buildVersion({ version, db, pool, log, logger: silent, clock: systemClock, signal });
}

test('is one where every setting of the second half is another, and no other setting', () => {
  const second = parseRules({
    country: 'DE',
    own_numbers: ['+4930901820'],
    matching: ['later_owner'],
    outside_line_prefixes: ['9'],
    trunks: { uplink: { numbers: 'national' } },
    pbx: { other: { country: 'FR' } },
  });
  assert.is(callDerivationOf(second), callDerivationOf(RULES));
  const first: Partial<Rules>[] = [
    { log_internal: true },
    { extension_patterns: ['1XX'] },
    { trunk_contexts: ['from-uplink'] },
    { internal_contexts: ['from-phones'] },
    { trunk_names: ['uplink'] },
    { shared_endpoints: ['proxy'] },
    { machine_names: ['bot'] },
    { voicemail_contexts: ['mailbox'] },
    { show_withheld: true },
    { pbx: { other: { log_internal: true } } },
  ];
  for (const setting of first) {
    assert.is.not(callDerivationOf({ ...RULES, ...setting }), callDerivationOf(RULES), JSON.stringify(setting));
  }
});

test('is not copied from a version whose rows other code has touched, nor from one by the same rules', async () => {
  await withReadModel(async (model) => {
    const { db } = model;
    const copy = await newVersion(model, 2, { ...RULES, country: 'DE' });
    await new Appending(model.log).append(await sessionOf('pbx', 0, [demoRecording('inbound-missed')]));
    await catchUp(model);
    assert.is((await sourceOf(db, copy.version))?.version, 1);
    await inState(copy, 'ready');
    assert.is(await sourceOf(db, (await newVersion(model, 3)).version), null, 'the same as version 1');
    await inState(copy, 'building');
    await db.withSchema('commslog').updateTable('read_model_version').set({ mixed: true }).execute();
    assert.is(await sourceOf(db, copy.version), null);
  });
});

test.run();
