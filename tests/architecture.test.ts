import { readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { circles, type SourceFile, wrongImports } from './architecture/arrows.ts';
import { COMPUTED, importsOf } from './architecture/imports.ts';
import { writersBeside } from './architecture/output.ts';
import { impurities } from './architecture/purity.ts';
import { ROOMS } from './architecture/rooms.ts';
import { suite } from './support/suite.ts';

const test = suite('the arrows of the house');
const files = filesIn('../src/');
const web = filesIn('../web/src/');

function filesIn(folder: string): SourceFile[] {
  const root = new URL(folder, import.meta.url);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, source: readFileSync(new URL(path, root), 'utf8') }));
}

test('no file imports what its room may not', () => {
  assert.ok(files.length > 50, 'all files are seen');
  assert.equal(wrongImports(files), []);
});

test('the map of the house has every room', () => {
  const map = readFileSync(new URL('../docs/rooms.md', import.meta.url), 'utf8');
  const rooms = ROOMS.map(({ name }) => name).filter((name) => /^(?:adapters\/)?[a-z]+$/.test(name));
  assert.ok(rooms.length > 10, 'all rooms are seen');
  assert.equal(
    rooms.filter((name) => !map.includes(`\`src/${name}\``)),
    [],
  );
});

test('everything that is printed goes the one way on which it is escaped', () => {
  assert.equal(writersBeside(files), []);
  const file = (source: string) => ({ path: 'cli/commands/new.ts', source });
  for (const source of ['console.log(name)', 'process.stdout.write(name)', 'pipe(process.stderr)']) {
    assert.equal(writersBeside([file(source)]), ['cli/commands/new.ts']);
  }
});

test('no file imports itself, by whatever way round', () => {
  assert.equal(circles(files), []);
});

test('nor does a file of the web app, which names what it imports with its ending', () => {
  assert.ok(web.length > 50, 'all files are seen');
  const relative = web.flatMap(({ source }) => importsOf(source)).filter((specifier) => specifier.startsWith('.'));
  assert.equal(
    relative.filter((specifier) => !/\.(?:tsx?|css)$/.test(specifier)),
    [],
  );
  assert.equal(circles(web), []);
});

test('a circle of imports is found, and named by its way', () => {
  const file = (path: string, source: string) => ({ path, source });
  const round = [
    file('a.ts', "import './b/c.ts';"),
    file('b/c.ts', "import '../d.ts';"),
    file('d.ts', "import './a.ts';"),
  ];
  assert.equal(circles(round), ['a.ts → b/c.ts → d.ts → a.ts']);
  assert.equal(circles([...round.slice(0, 2), file('d.ts', "import 'a';")]), []);
});

test('an import against the arrows is found, one along them is not', () => {
  const others = [
    'errors.ts',
    'config.ts',
    'domain/call/foldGroup.ts',
    'domain/time.ts',
    'ports/clock.ts',
    'http/app.ts',
    'http/index.ts',
  ];
  const more = [
    'adapters/ami/index.ts',
    'adapters/ami/wire/framing.ts',
    'adapters/ami/session/session.ts',
    'adapters/eventstore/index.ts',
    'projections/index.ts',
    'projections/tables/schema.ts',
    'projections/calls/groups.ts',
  ];
  const paths = [...others, ...more];
  const arrows: [path: string, specifier: string, right: boolean][] = [
    ['domain/new.ts', './time.ts', true],
    ['domain/new.ts', 'zod', true],
    ['domain/new.ts', 'libphonenumber-js/max', true],
    ['domain/new.ts', 'zodiac', false],
    ['domain/new.ts', 'node:fs', false],
    ['domain/new.ts', '../ports/clock.ts', false],
    ['domain/deep/new.ts', '../../errors.ts', true],
    ['domain/new.ts', '../config.ts', false],
    ['ports/new.ts', '../domain/time.ts', true],
    ['ports/new.ts', '../errors.ts', true],
    ['ports/new.ts', '../config.ts', false],
    ['ports/new.ts', 'pg', false],
    ['adapters/ami/session/new.ts', '../wire/framing.ts', true],
    ['adapters/ami/new.ts', '../../ports/clock.ts', true],
    ['adapters/ami/new.ts', '../eventstore/index.ts', false],
    ['adapters/ami/wire/new.ts', '../session/session.ts', false],
    ['http/new.ts', 'express', true],
    ['http/new.ts', '../projections/index.ts', false],
    ['projections/new.ts', '../http/app.ts', false],
    ['projections/tables/new.ts', '../../config.ts', true],
    ['projections/calls/new.ts', '../tables/schema.ts', true],
    ['projections/tables/schema.ts', '../calls/groups.ts', false],
    ['cli/new.ts', '../http/index.ts', true],
    ['cli/new.ts', '../adapters/ami/index.ts', true],
    ['cli/new.ts', '../http/app.ts', false],
    ['cli/new.ts', '../adapters/ami/wire/framing.ts', false],
    ['http/new.ts', '../cli/new.ts', false],
    ['config.ts', './domain/time.ts', true],
    ['config.ts', './http/index.ts', false],
    ['http/new.ts', './missing.ts', false],
    ['http/new.ts', '../../tests/run.ts', false],
    ['http/new.ts', COMPUTED, false],
  ];
  for (const [path, specifier, right] of arrows) {
    const files = [...paths.map((other) => ({ path: other, source: '' })), { path, source: `import '${specifier}';` }];
    assert.equal(wrongImports(files), right ? [] : [`${path} → ${specifier}`], `${path} → ${specifier}`);
  }
});

test('the domain asks no clock, no chance and no machine', () => {
  const domain = files.filter(({ path }) => path.startsWith('domain/'));
  assert.ok(domain.length > 5, 'its files are seen');
  assert.equal(
    domain.flatMap(({ path, source }) => impurities(source).map((what) => `${path}: ${what}`)),
    [],
  );
});

test('a look at the clock, the environment or chance is found, words that only look so are not', () => {
  const asks = 'Date.now(); new Date(); Math.random(); const { env } = process; fetch(url); crypto.randomUUID();';
  assert.equal(impurities(asks), ['Date . now', 'new Date ( )', 'Math . random', 'process', 'fetch', 'crypto']);
  assert.equal(impurities('new Date(0); call.process(); const it = { fetch: 1 }; Math.round(1); // Date.now()'), []);
});

test('every way to import is seen', () => {
  const source = [
    "import { a } from 'one';",
    "import type { B } from 'two';",
    'import * as c from "three";',
    "import d, { type E } from\n  'four';",
    "import 'five';",
    "export * from 'six';",
    "export type { F } from 'seven';",
    "const g = await import('eight');",
    "type H = import('nine').H;",
    `const i = \`a \${await import(\`ten\`)} \${\`b \${import("eleven")}\`}\`;`,
    "const half = 4 / 2; import('twelve'); const whole = half / 2;",
    'void import(name);',
  ].join('\n');
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  assert.equal(importsOf(source), [...names, COMPUTED, 'eleven', 'twelve', COMPUTED]);
});

test('what only looks like an import is none', () => {
  const source = [
    "// import 'a';",
    "/* import 'b'; */",
    'const text = "import \'c\'"; const other = \'from "d"\';',
    `const template = \`import 'e'; \\\${import('f')} \\\` from 'g'\`;`,
    "const pattern = /import 'h'[/'\"`]/;",
    "const made = Array.from('i'); loader.import('j'); const here = import.meta.url;",
    "const last = { from: 'k', import: 'l' };",
  ].join('\n');
  assert.equal(importsOf(source), []);
});

test.run();
