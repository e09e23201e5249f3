import { readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { diffColumns } from '../../src/ports/rebuilds.ts';
import { el } from '../../web/src/i18n/el.ts';
import { type Dictionary, en } from '../../web/src/i18n/en.ts';
import { CONNECTIONS, heardAroundTheGap } from '../support/aroundTheGap.ts';
import { callRecords } from '../support/callRecords.ts';
import { rowsOfRecords } from '../support/recordRows.ts';
import { suite } from '../support/suite.ts';

const test = suite('the languages of the app');

/** Names of things, which are the same in every language. */
const NAMES =
  /commslog( import cdr)?|rules\.json|CDR_DATABASE_URL|AMI_TIMEZONE|NDJSON|JSON|CSV|API|CRM|Linkedid|Uniqueid/g;
/** How a call ended in the fold, which nobody is shown. */
const SHOWN_TO_NOBODY = new Set(['given_up', 'not_listed']);
const TRANSLATED: Readonly<Record<string, Dictionary>> = { el };

/** Each text of a catalogue by its path; those that are made of figures or names are asked with some. */
function textsOf(words: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]) => {
      const at = `${path}.${key}`;
      if (typeof value === 'string') return [[at, value] as const];
      if (typeof value === 'function')
        return [[at, String(Reflect.apply(value, undefined, Array(9).fill(2)))] as const];
      return [...textsOf(value, at)];
    }),
  );
}

/** Words in the script of another language: English ones where Greek is written, say. */
function foreign(tag: string, text: string): readonly string[] {
  const script = tag === 'el' ? 'Greek' : 'Latin';
  const letters = text.replaceAll(NAMES, '').match(/\p{Letter}+/gu) ?? [];
  return letters.filter((word) => !new RegExp(`^\\p{Script=${script}}+$`, 'u').test(word));
}

test('are each looked at by this test', () => {
  const source = readFileSync(new URL('../../web/src/i18n/languages.ts', import.meta.url), 'utf8');
  const tags = [...source.matchAll(/^ {2}(\w\w): \{ name: /gm)].map(([, tag = '']) => tag);
  assert.equal(tags.sort(), ['en', ...Object.keys(TRANSLATED)].sort());
});

test('have no text that is still that of another one', () => {
  const english = textsOf(en);
  for (const [tag, words] of Object.entries({ en, ...TRANSLATED })) {
    const texts = [...textsOf(words)];
    assert.ok(texts.length > 300, `${tag}: ${texts.length}`);
    const untranslated = texts.filter(([path, text]) => {
      const isEnglish = tag !== 'en' && english.get(path) === text && /\p{Letter}/u.test(text.replaceAll(NAMES, ''));
      return isEnglish || foreign(tag, text).length > 0;
    });
    assert.equal(untranslated, [], tag);
  }
});

test('have a word for every rule, for what it looked at and for every column', () => {
  const late = heardAroundTheGap().map((fact) => ({ ...fact, isLate: true }));
  const connection = { ...CONNECTIONS[0], restartedBy: CONNECTIONS[1].connectedAt };
  const rows = [...rowsOfRecords(callRecords()), ...rowsOf({ facts: late, connection }, defaultRules('GR'))];
  const reasons = rows.flatMap(({ why }) => Object.values(why));
  const inputs = new Set(reasons.flatMap((reason) => Object.keys(reason.inputs)));
  const columns = new Set([...diffColumns, ...rows.flatMap(({ why }) => Object.keys(why))]);
  const rules = new Set([...reasons.map(({ rule }) => rule), ...namesInTheFold()]);
  assert.ok(rules.size > 90 && inputs.size > 10 && columns.size > 20);
  for (const [tag, words] of Object.entries(TRANSLATED)) {
    const known = new Set([...textsOf(words).keys()].map((path) => path.slice(path.lastIndexOf('.') + 1)));
    assert.equal(
      [...rules].filter((rule) => !known.has(rule)),
      [],
      `${tag}: rules`,
    );
    assert.equal(
      [...inputs].filter((name) => !Object.hasOwn(words.why.inputs, name)),
      [],
      `${tag}: inputs`,
    );
    assert.equal(
      [...columns].filter((name) => !Object.hasOwn(words.why.columns, name)),
      [],
      `${tag}: columns`,
    );
  }
});

test.run();

/** Every name that the domain can give a reason: they are written as nothing else in it is. */
function namesInTheFold(): readonly string[] {
  const domain = new URL('../../src/domain/', import.meta.url);
  const files = ['call/', 'records/'].flatMap((room) => readdirSync(new URL(room, domain)).map((file) => room + file));
  const names = [...files, 'matching.ts', 'acts/manualCall.ts'].flatMap((file) =>
    [...readFileSync(new URL(file, domain), 'utf8').matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, name = '']) => name),
  );
  return names.filter((name) => !SHOWN_TO_NOBODY.has(name));
}
