import * as assert from 'uvu/assert';
import { doubtFindings } from '../../../src/cli/doctor/doubtFindings.ts';
import { placeFindings } from '../../../src/cli/doctor/placeFindings.ts';
import { PLACE_SETTINGS } from '../../../src/domain/unknownPlaces.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what doctor says of calls that the rules do not fit');

test('is each place that no rule knows, what it is taken for, and the rule to add', () => {
  const findings = placeFindings(
    PLACE_SETTINGS.map((setting) => ({ pbx: 'athens', setting, value: 'gate', calls: 7 })),
  );
  assert.is(new Set(findings.map(({ what }) => what)).size, PLACE_SETTINGS.length);
  for (const [at, { level, what, advice }] of findings.entries()) {
    assert.is(level, 'warn');
    assert.match(what, /PBX athens: no rule knows gate, which 7 of the latest calls went through: it is taken for/);
    assert.match(advice ?? '', `add "gate" to \`${PLACE_SETTINGS[at]}\``);
  }
});

test('is that all is known where nothing was met', () => {
  assert.equal(
    placeFindings([]).map(({ level }) => level),
    ['ok'],
  );
  assert.equal(doubtFindings({ prefixes: [], contexts: [] }), []);
});

test('is a prefix that seems to be dialled, as a guess, and a context of which the rules say two things', () => {
  const [prefix, context] = doubtFindings({
    prefixes: [{ pbx: 'athens', prefix: '9', calls: 12 }],
    contexts: [{ pbx: 'athens', endpoint: 'proxy', context: 'from-proxy' }],
  });
  assert.match(prefix?.what ?? '', /in 12 of the latest calls 9 seems to have been dialled/);
  assert.match(prefix?.advice ?? '', 'add "9" to `outside_line_prefixes`');
  assert.match(context?.what ?? '', /proxy is one of `shared_endpoints`, and from-proxy.*`trunk_contexts`/);
});

test.run();
