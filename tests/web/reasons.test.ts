import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { rowsOf } from '../../src/cli/text/recordedCalls.ts';
import { defaultRules } from '../../src/domain/rules.ts';
import { el } from '../../web/src/i18n/el.ts';
import { en } from '../../web/src/i18n/en.ts';
import { CONNECTIONS, heardAroundTheGap } from '../support/aroundTheGap.ts';
import { callRecords } from '../support/callRecords.ts';
import { rowsOfRecords } from '../support/recordRows.ts';
import { suite } from '../support/suite.ts';

const test = suite('why a row is incomplete');

const golden = readFileSync(new URL('../fixtures/rows.golden.jsonl', import.meta.url), 'utf8');
const rowSchema = z.object({ incomplete: z.array(z.string()).default([]) });

test('is said in words in every language', () => {
  const recorded = golden
    .split('\n')
    .filter(Boolean)
    .map((line) => rowSchema.parse(JSON.parse(line)));
  const late = heardAroundTheGap().map((fact) => ({ ...fact, isLate: true }));
  const connection = { ...CONNECTIONS[0], restartedBy: CONNECTIONS[1].connectedAt };
  const rows = [
    ...recorded,
    ...rowsOfRecords(callRecords()),
    ...rowsOf({ facts: late, connection }, defaultRules('GR')),
  ];
  const reasons = new Set(rows.flatMap(({ incomplete }) => incomplete));
  assert.ok(reasons.size >= 7, [...reasons].join());
  for (const { entry } of [en, el]) {
    const missing = [...reasons].filter((reason) => !Object.hasOwn(entry.reasons, reason));
    assert.equal(missing, []);
  }
});

test.run();
