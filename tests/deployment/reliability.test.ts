import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { FAULTS as CLUSTER_FAULTS } from '../clusterFaults/faults.ts';
import { suite } from '../support/suite.ts';
import { FAULTS } from '../torture/faults/index.ts';

const test = suite('docs/reliability.md');

const text = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| `([a-z-]+)` \|.*\| `npm run torture -- --only ([a-z-]+)` \|$/gm)];

test('has every fault that is tried, and no other, each with the command that shows it', () => {
  assert.equal(
    rows.map(([, name]) => name),
    FAULTS.map(({ name }) => name),
  );
  for (const [, name, shown] of rows) assert.is(shown, name);
});

test('has every fault of a cluster that is tried, and no other', () => {
  const [, section = ''] = /^## A cluster of EventStoreDB$(.*?)^## /ms.exec(text) ?? [];
  const tried = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  assert.equal(tried, Object.keys(CLUSTER_FAULTS));
});

test.run();
