import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ruleFindings } from '../../../src/cli/doctor/ruleFindings.ts';
import { loadConfig } from '../../../src/config.ts';
import { suite } from '../../support/suite.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';

const test = suite('what doctor says of the rules');

const PBX = { AMI_HOST: '192.0.2.1', AMI_USERNAME: 'crm', AMI_PASSWORD: 'hunter2' };

/** Of rules for these PBXs, each as level and words. */
async function told(rules: object, pbxs: readonly string[] = ['athens', 'berlin']): Promise<string[]> {
  let findings: string[] = [];
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'rules.json');
    writeFileSync(file, JSON.stringify(rules));
    const config = loadConfig({ ...PBX, DATA_DIR: folder, RULES_FILE: file });
    const [one] = config.pbxs;
    if (!one) throw new Error('a PBX is configured');
    const found = ruleFindings({ ...config, pbxs: pbxs.map((id) => ({ ...one, id })) });
    findings = found.map(({ level, what }) => `${level} ${what.replace(file, 'FILE')}`);
  });
  return findings;
}

test('is said once where it is so of all, and with their names where it is so of some', async () => {
  assert.equal(await told({ country: 'GR' }), ['ok rules from FILE, national numbers of GR']);
  assert.equal(await told({ country: 'GR', pbx: { berlin: { country: 'FR' } } }), [
    'ok PBX athens: rules from FILE, national numbers of GR',
    'ok PBX berlin: rules from FILE, national numbers of FR',
  ]);
  assert.equal(await told({ pbx: { berlin: { country: 'FR' } } }), [
    'warn PBX athens: rules from FILE, without a country',
    'ok PBX berlin: rules from FILE, national numbers of FR',
  ]);
});

test('is what goes wrong with the settings of each PBX, and not with those that none of them has', async () => {
  const extension_patterns = ['9XXX'];
  const [, ...troubles] = await told({
    country: 'GR',
    extension_patterns,
    pbx: { athens: { outside_line_prefixes: ['9'] }, berlin: { extension_patterns: ['2XX'] } },
  });
  assert.is(troubles.length, 1);
  assert.match(troubles[0] ?? '', /^warn PBX athens: extensions begin as outside lines do, with 9/);
  const austrian = { country: 'AT', pbx: { athens: { country: 'GR' }, berlin: { extension_patterns: ['XX'] } } };
  assert.is((await told(austrian)).filter((one) => one.startsWith('warn')).length, 0);
  const mexican = await told({ country: 'GR', pbx: { berlin: { country: 'MX' } } });
  assert.match(mexican.join('\n'), 'warn PBX berlin: mobiles of Mexico');
});

test('is a name of which they say two things', async () => {
  const found = await told({ country: 'GR', trunk_names: ['proxy'], shared_endpoints: ['proxy'] });
  assert.match(found.join('\n'), 'warn "proxy" of `shared_endpoints` counts for nothing');
});

test('is of the PBXs that they name where none is configured', async () => {
  const rules = { country: 'GR', pbx: { lima: { country: 'MX' } } };
  assert.match((await told(rules, [])).join('\n'), 'warn PBX lima: mobiles of Mexico');
});

test('is what is wrong with them', async () => {
  const [found, ...others] = await told({ extension_patterns: ['?'] });
  assert.match(found ?? '', /^fail the rules/);
  assert.equal(others, []);
});

test.run();
