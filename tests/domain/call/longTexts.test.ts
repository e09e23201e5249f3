import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { mentionsOf } from '../../../src/domain/erasing.ts';
import { shortText } from '../../../src/domain/shortText.ts';
import { fold, onlyRow, ScenarioPbx } from '../../support/scenarioPbx.ts';
import { suite } from '../../support/suite.ts';

const test = suite('texts from outside in a row');

const LONG = '😀'.repeat(15_000);
const SHORT = '😀'.repeat(256);

/** A call of which everything that others may choose is as long as a line of AMI. */
function callOfLongTexts(): ScenarioPbx {
  const pbx = new ScenarioPbx();
  const caller = pbx.comesIn(`PJSIP/${LONG}`, { name: LONG, number: LONG, exten: `1${LONG}` });
  const called = pbx.called(`PJSIP/phone${LONG}`, caller, { context: 'from-internal', number: LONG });
  pbx.connects(caller, called);
  pbx.wait(3);
  for (const channel of [caller, called]) pbx.hangsUp(channel);
  return pbx;
}

/** All texts in some JSON. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test('are at most 256 characters long wherever they stand, of a finished call and of one in progress', () => {
  const pbx = callOfLongTexts();
  const row = onlyRow(pbx);
  assert.equal([row.external_name, row.external_number_raw], [SHORT, SHORT]);
  assert.ok(row.did?.startsWith('1😀') && row.extensions.length === 1);
  const inProgress = fold(Object.assign(new ScenarioPbx(), { facts: pbx.facts.slice(0, -2) })).current;
  assert.is(inProgress.length, 1);
  const texts = textsIn([row, inProgress]);
  assert.ok(texts.some((text) => [...text].length === 256));
  for (const text of texts) assert.ok([...text].length <= 256, `${[...text].length} characters`);
});

test('are cut between characters, and are whole where they are short', () => {
  const seed = Date.now();
  console.log(`texts: seed ${seed}`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const short = shortText(text);
      assert.ok(text.startsWith(short) && !/\p{Surrogate}/u.test(short));
      assert.is([...short].length, Math.min(256, [...text].length));
      assert.is(shortText(short), short);
    }),
    { seed },
  );
});

test('a person of a long name is found in the facts by what the row has of it', () => {
  const name = `  Maria ${'x'.repeat(247)}   and her sister`;
  const mentions = mentionsOf({ numbers: [], names: [shortText(name.trim())] });
  const holds = (value: string) => mentions({ data: { fields: [['CallerIDName', value]] } });
  assert.ok(holds(name));
  assert.not(holds('Maria x'));
});

test.run();
