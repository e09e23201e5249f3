import { readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';

const test = suite('SECURITY.md');
const root = new URL('../../', import.meta.url);
const security = readFileSync(new URL('SECURITY.md', root), 'utf8');

/** https://owasp.org/API-Security/editions/2023/en/0x11-t10/ */
const TOP_TEN = [
  'API1:2023 Broken Object Level Authorization',
  'API2:2023 Broken Authentication',
  'API3:2023 Broken Object Property Level Authorization',
  'API4:2023 Unrestricted Resource Consumption',
  'API5:2023 Broken Function Level Authorization',
  'API6:2023 Unrestricted Access to Sensitive Business Flows',
  'API7:2023 Server Side Request Forgery',
  'API8:2023 Security Misconfiguration',
  'API9:2023 Improper Inventory Management',
  'API10:2023 Unsafe Consumption of APIs',
];

/** Each risk with the tests that are named for it. */
const risks = security
  .split(/^### /m)
  .slice(1)
  .map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    tests: [...section.matchAll(/^- `(tests\/[\w/.]+)`: (.+)$/gm)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
  }));

/** Whether the file has a test of this title; what a title is put together from must stand in the file too. */
function has(file: string, title: string): boolean {
  const source = readFileSync(new URL(file, root), 'utf8');
  return [...source.matchAll(/^ *test\(\s*(['`])((?:\\.|(?!\1)[^\\])+)\1/gm)].some(([, , written = '']) => {
    const parts = written
      .split(/\$\{(?:[^{}]|\{[^}]*\})*\}/)
      .map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'));
    const [, ...put] = new RegExp(`^${parts.join('(.+)')}$`).exec(title) ?? ['', '\0'];
    return put.every((text) => source.includes(text));
  });
}

test('names each risk of the OWASP API Security Top 10 of 2023, with at least one test', () => {
  assert.equal(
    risks.map(({ name }) => name),
    TOP_TEN,
  );
  for (const { name, tests } of risks) assert.ok(tests.length > 0, name);
});

test('names only tests that exist', () => {
  const files = readdirSync(new URL('tests/', root), { recursive: true, encoding: 'utf8' });
  for (const { file, title } of risks.flatMap(({ tests }) => tests)) {
    assert.ok(files.includes(file.slice('tests/'.length)), file);
    assert.ok(has(file, title), `${file}: ${title}`);
  }
});

test('would notice a test that is not there', () => {
  const named = (title: string) => has('tests/http/authorisation.test.ts', title);
  assert.ok(named('the table names every route that is mounted, and no other'));
  assert.not(named('the table names every route'));
  assert.ok(named('a token without an end is refused on every route that is not open'));
  assert.not(named('a token of the moon is refused on every route that is not open'));
});

test.run();
