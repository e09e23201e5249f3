import { existsSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { withConfigurationTable } from '../scripts/configurationTable.ts';
import { rulesJsonSchema } from '../scripts/rulesSchema.ts';
import * as freepbx from '../src/health/pbxAdvice.ts';
import { suite } from './support/suite.ts';

const test = suite('the README');
const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

test('lists every setting as the schema has it (run `npm run docs` after a change)', () => {
  assert.is(readme, withConfigurationTable(readme));
});

test('has beside it the JSON schema of the rules as the program has it (run `npm run docs` after a change)', () => {
  assert.is(readFileSync(new URL('docs/rules.schema.json', root), 'utf8'), rulesJsonSchema());
});

test('names every command', () => {
  const main = readFileSync(new URL('src/cli/main.ts', root), 'utf8');
  const commands = [...main.matchAll(/^ {2}\.command\('([a-z-]+)'/gm)].map((match) => match[1] ?? '');
  assert.ok(commands.length > 20, 'all commands are seen');
  assert.equal(
    commands.filter((command) => !new RegExp(`\`[^\`]*\\b${command}\\b[^\`]*\``).test(readme)),
    [],
  );
});

test('links only to files that exist', () => {
  // `[general](+)` of Asterisk is no link
  const text = readme.replace(/```.*?```|`[^`\n]*`/gs, '');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((match) => match[1] ?? '');
  assert.ok(links.length > 0);
  for (const link of links) assert.ok(existsSync(new URL(link, root)), link);
});

test('and doctor name the same menus, files and lines of FreePBX, and none that FreePBX writes anew', () => {
  const [, connecting = ''] = /\n## Connect your FreePBX\n(.*?)\n## /s.exec(readme) ?? [];
  const { ADVICE, ...places } = freepbx;
  for (const place of Object.values(places)) assert.match(connecting, place);
  const said = Object.values(ADVICE).join('\n');
  for (const place of Object.values(places)) assert.match(said, place);
  const files = (text: string) => new Set(text.match(/\w+\.conf\b/g));
  assert.equal(
    [...files(said)].filter((file) => !files(connecting).has(file)),
    [],
  );
  assert.equal([...files(said)].sort(), ['cdr_manager_general_custom.conf', 'manager_custom.conf']);
  assert.not.match(connecting, /`cdr_manager\.conf`/);
});

test.run();
