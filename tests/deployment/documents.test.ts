import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { CONFIG_VARIABLES } from '../../src/config.ts';
import { suite } from '../support/suite.ts';
import { documents } from './markdown.ts';

const test = suite('the documents');
const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
/** The anchors that a page of Markdown has: its headings in lower case, with dashes for blanks, without signs. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('every link leads to a file of the project, and every anchor to a heading in it', () => {
  let links = 0;
  for (const [path, text] of documents) {
    for (const [, link = ''] of withoutCode(text).matchAll(/\]\(((?!https?:|mailto:)[^)\s]+)\)/g)) {
      links += 1;
      const target = new URL(link, new URL(path, root));
      const anchor = decodeURIComponent(target.hash.slice(1));
      target.hash = '';
      assert.ok(existsSync(target), `${path}: ${link}`);
      if (anchor !== '') assert.ok(anchorsOf(readFileSync(target, 'utf8')).includes(anchor), `${path}: ${link}`);
    }
  }
  assert.ok(links > 30);
});

test('every npm script, command, metric, error code and setting that a document names exists', () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
  const commands = [...read('src/cli/main.ts').matchAll(/\.command\('([a-z-]+)'\)/g)].map(([, name = '']) => name);
  const codes = [...read('src/errors.ts').matchAll(/^ {2}([A-Z_]+): \d+,$/gm)].map(([, code = '']) => code);
  const metrics = read('src/http/kit/metrics.ts') + read('src/health/figures.ts');
  const settings = CONFIG_VARIABLES.map((variable) => variable.name);
  const benchOptions = readdirSync(new URL('bench/', root), { encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...read(`bench/${file}`).matchAll(/process\.env\.([A-Z_]+)/g)].map(([, name = '']) => name));
  const known = new Set([...codes, ...settings, ...benchOptions]);
  for (const [path, text] of documents) {
    const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);
    for (const name of named(/`npm run ([\w:-]+)/g))
      assert.ok(Object.hasOwn(scripts, name), `${path}: npm run ${name}`);
    for (const name of named(/(?:`|bin\/)commslog ([a-z-]+)/g)) assert.ok(commands.includes(name), `${path}: ${name}`);
    for (const name of named(/`commslog_(\w+)`/g)) {
      assert.ok(metrics.includes(`'${name}'`) || metrics.includes(`'commslog_${name}'`), `${path}: ${name}`);
    }
    for (const name of named(/`((?:LOG|AMI|DATA_DIR|DATABASE|SCHEMA|CONFIG|RULES|SCALE)_[A-Z_]+)(?:=[^`]*)?`/g)) {
      assert.ok(known.has(name), `${path}: ${name}`);
    }
  }
});

test('every file and folder of the code that a document names is there', () => {
  let named = 0;
  for (const [path, text] of documents) {
    if (path === 'CHANGELOG.md') continue;
    for (const [, file = ''] of text.matchAll(/`((?:src|tests|web|bench|scripts|demo)\/[\w./-]+)`/g)) {
      named += 1;
      assert.ok(existsSync(new URL(file, root)), `${path}: ${file}`);
    }
  }
  assert.ok(named > 10);
  const rooms = documents.get('docs/rooms.md') ?? '';
  for (const [, file = ''] of rooms.matchAll(/`(\w+\/[\w/]+\.ts)`/g)) {
    const path = /^(?:src|tests)\//.test(file) ? file : `src/${file}`;
    assert.ok(existsSync(new URL(path, root)), `docs/rooms.md: ${file}`);
  }
});

test('every decision is in the list of decisions', () => {
  const list = documents.get('docs/decisions/README.md') ?? '';
  const decisions = [...documents.keys()].filter((path) => /^docs\/decisions\/\d{4}-/.test(path));
  assert.ok(decisions.length > 0);
  for (const path of decisions) assert.ok(list.includes(`](${path.slice('docs/decisions/'.length)})`), path);
});

test.run();

/** Without what a reader sees as code: a section of Asterisk's files looks like a link. */
function withoutCode(text: string): string {
  return text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
}
