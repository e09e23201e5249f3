import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { callEntrySchema } from '../../src/domain/entry.ts';
import { groupFacts } from '../../src/domain/facts/grouping.ts';
import { isDigitPattern, matchesDigits } from '../../src/domain/pattern.ts';
import { readNumber } from '../../src/domain/phone/index.ts';
import { foldAndRead } from '../../src/domain/readGroup.ts';
import { parseRules, parseStoredRules, type Rules, rulesFor, rulesSchema } from '../../src/domain/rules.ts';
import { hasCode } from '../../src/errors.ts';
import { anyFact } from '../support/anyFact.ts';
import { suite } from '../support/suite.ts';

const test = suite('rules that are accepted', { deadlineMs: 60_000 });
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
console.log(`seed ${seed} (SEED=${seed} repeats it)`);

const textOf = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });
/** Most of them are no patterns. */
const anyPattern = fc.oneof(
  textOf('019XZN[]-.*#', 8),
  fc
    .array(
      fc.oneof(
        textOf('09XZN*#', 3),
        textOf('0-9', 5).map((set) => `[${set}]`),
      ),
      { maxLength: 4 },
    )
    .map(joined),
);
const anyDialled = textOf('0123456789*#+-', 8);
const anyList = (item: fc.Arbitrary<string>) => fc.array(item, { maxLength: 4 });
const anyGlob = fc.oneof(textOf('a*-_.@:/+', 12), fc.string());
const anySettings = fc.record(
  {
    country: fc.oneof(fc.constantFrom('GR', 'US', '001', 'constructor', '__proto__'), fc.string(), fc.constant(null)),
    extension_patterns: anyList(anyPattern),
    trunk_contexts: anyList(anyGlob),
    internal_contexts: anyList(anyGlob),
    trunk_names: anyList(anyGlob),
    voicemail_contexts: anyList(anyGlob),
    outside_line_prefixes: anyList(textOf('09*#a', 3)),
    own_numbers: anyList(textOf('+069 ()./-', 6)),
    log_internal: fc.boolean(),
  },
  { requiredKeys: [] },
);
const anyRules = fc.tuple(anySettings, fc.dictionary(fc.constantFrom('pbx', 'branch'), anySettings));

function joined(parts: readonly string[]): string {
  return parts.join('');
}

/** Null: they are refused, each problem with its place. */
function accepted(input: unknown): Rules | null {
  try {
    return parseRules(input);
  } catch (error) {
    if (!hasCode(error, 'RULES_INVALID')) throw error;
    assert.ok(error.fields.length > 0);
    assert.ok(error.fields.every(({ pointer }) => pointer.startsWith('#/')));
    return null;
  }
}

test('match any digits without a fault, and as a reading of the pattern by hand does', () =>
  fc.assert(
    fc.property(anyPattern, anyDialled, (pattern, dialled) => {
      if (isDigitPattern(pattern)) assert.is(matchesDigits(pattern, dialled), byHand(pattern, dialled));
    }),
    { seed, numRuns: 20_000 },
  ));

test('give rows whatever they say, or are refused with the place of each problem', () =>
  fc.assert(
    fc.property(anyRules, fc.array(anyFact(), { maxLength: 12 }), ([settings, pbx], facts) => {
      const rules = accepted({ ...settings, pbx });
      if (rules === null) return;
      readNumber('2101234567', 'trunk', { country: rules.country, extensionPatterns: rules.extension_patterns });
      for (const group of groupFacts(facts)) {
        z.array(callEntrySchema).parse(foldAndRead(group, { connections: [], rules }).entries);
      }
    }),
    { seed, numRuns: 2_000 },
  ));

test('are accepted again when they are read back', () =>
  fc.assert(
    fc.property(anyRules, ([settings, pbx]) => {
      const rules = accepted({ ...settings, pbx });
      if (rules !== null) assert.equal(rulesSchema.parse(JSON.parse(JSON.stringify(rules))), rules);
    }),
    { seed, numRuns: 2_000 },
  ));

for (const pattern of ['[9-1]XX', '[1-]', '[-1]', '[0-9-5]', '[]', '[', '.', '', '1.2', '[1[2]]', 'x', '1\n']) {
  test(`are not ${JSON.stringify(pattern)} as a pattern of extensions: the place is named`, () => {
    try {
      parseRules({ extension_patterns: ['XXX', pattern] });
      assert.unreachable();
    } catch (error) {
      assert.ok(hasCode(error, 'RULES_INVALID'), String(error));
      assert.equal(
        error.fields.map(({ pointer }) => pointer),
        ['#/extension_patterns/1'],
      );
    }
  });
}

test('by an earlier release are read as long as they stand in the log, and what is refused by now matches nothing', () => {
  const own = { extension_patterns: ['[9-1]XX', 'XXX'] };
  const stored = parseStoredRules({ ...own, pbx: { branch: own } });
  assert.equal(rulesFor(stored, 'branch').extension_patterns, own.extension_patterns);
  assert.not(matchesDigits('[9-1]XX', '512'));
  assert.is(readNumber('101', 'trunk', { country: 'GR', extensionPatterns: stored.extension_patterns }).e164, null);
  assert.throws(
    () => parseStoredRules({ log_internal: 'yes' }),
    (error: unknown) => hasCode(error, 'RULES_INVALID'),
  );
});

/** Character by character, from left to right. */
function byHand(pattern: string, dialled: string): boolean {
  if (pattern === '') return dialled === '';
  if (pattern === '.') return dialled.length > 0;
  const [step = ''] = /^(?:\[[^\]]*\]|.)/.exec(pattern) ?? [];
  const digit = dialled.charAt(0);
  return digit !== '' && allows(step, digit) && byHand(pattern.slice(step.length), dialled.slice(1));
}

function allows(step: string, digit: string): boolean {
  const lowest = { X: '0', Z: '1', N: '2' }[step];
  if (lowest !== undefined) return digit >= lowest && digit <= '9';
  if (!step.startsWith('[')) return step === digit;
  const parts = [...step.matchAll(/(\d)(?:-(\d))?/g)];
  return parts.some(([, from = '', to = from]) => digit >= from && digit <= to);
}

test.run();
