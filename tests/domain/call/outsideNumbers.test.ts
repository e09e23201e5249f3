import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readRecording, rowsOf } from '../../../src/cli/text/recordedCalls.ts';
import { presentedOn } from '../../../src/domain/call/outsideParty.ts';
import type { CallEntry } from '../../../src/domain/entry.ts';
import { readOutside } from '../../../src/domain/readGroup.ts';
import { parseRules, rulesFor } from '../../../src/domain/rules.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the number of the outside party');
const root = fileURLToPath(new URL('../../fixtures/reports/', import.meta.url));

async function rowOf(report: string, rules: object): Promise<CallEntry> {
  const [row] = rowsOf(await readRecording(`${root}${report}/input.txt`), parseRules(rules));
  if (!row) throw new Error('the recording has a call');
  return row;
}

const GERMAN = '31-de-own-country-code-without-plus';
const PREFIXED = '05-trunk-prefix-added';

test('says what it was read as, and that it could be another', async () => {
  const { external_number, why } = await rowOf(GERMAN, { country: 'DE' });
  assert.is(external_number, '+4915112345678');
  const { presented, read_as, form } = why.external_number?.inputs ?? {};
  assert.equal([presented, read_as, form], ['4915112345678', 'own_country_code', 'ambiguous_form']);
});

test('says when it is in a form that its country has given up', () => {
  const number = '5215512345678';
  const presented = presentedOn('trunk', { number, presented: number, rule: 'presented_first', source: 'pbx' });
  const { external_number, reason } = readOutside(presented, rulesFor(parseRules({ country: 'MX' }), 'office'));
  assert.equal([external_number, reason.inputs.read_as], ['+525512345678', 'former_form']);
});

test('is read without a doubt by what the rules say of its trunk, the nearest name first', async () => {
  const trunks = {
    '*': { numbers: 'national' },
    'my*': { numbers: 'e164_without_plus' },
    other: { numbers: 'national' },
  };
  const { external_number, why } = await rowOf(GERMAN, { country: 'DE', trunks });
  assert.is(external_number, '+4915112345678');
  assert.is(why.external_number?.inputs.form, undefined);
  const national = await rowOf(GERMAN, { country: 'DE', trunks: { '*': { numbers: 'national' } } });
  assert.is(national.external_number, '+494915112345678');
});

test('that was sent with a prefix is told with what was taken off, and stays as it was sent', async () => {
  const { external_number, external_number_raw, why } = await rowOf(PREFIXED, { country: 'GR' });
  assert.equal([external_number, external_number_raw], ['+306945556677', '99999996945556677']);
  const { taken_off, agrees_with } = why.external_number?.inputs ?? {};
  assert.equal([taken_off, agrees_with], ['9999999', 'typed']);
});

test('is found by the prefixes that the rules name for its trunk', async () => {
  const trunks = { uplink: { prefixes: ['9999999'] } };
  const { external_number, why } = await rowOf(PREFIXED, { country: 'GR', trunks, pbx: { other: { trunks: {} } } });
  assert.equal([external_number, why.external_number?.inputs.taken_off], ['+306945556677', '9999999']);
});

test.run();
