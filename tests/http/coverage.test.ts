import * as assert from 'uvu/assert';
import { coverageSchema } from '../../src/http/contract/coverageContract.ts';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { startSystem } from './support/system.ts';

const test = suite('what was heard, by the API');
const system = await startSystem();
const auditor = await system.token('auditor');
test.after(system.close);

const get = (query: string) => system.ask({ path: `/api/admin/coverage${query}`, token: auditor });

test('the gaps of a period are told newest first, with the days they lie in', async () => {
  await system.pool.query(`insert into read_v1.pbx_session
    (pbx, session, connected_at, disconnected_at, last_heard_at, reason, pbx_went_down, listed_at, last_fact_at) values
    ('p', 0, '2026-01-01T00:00Z', '2026-01-01T01:00Z', '2026-01-01T00:59Z', 'AMI_TIMEOUT', false, null, null),
    ('p', 1, '2026-01-01T01:01Z', null, null, null, false, null, '2026-01-01T01:30Z'),
    ('p', 2, '2026-01-01T02:00Z', null, null, null, false, null, null)`);
  const answer = await get('?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
  assert.is(answer.status, 200, answer.text);
  const at = (time: string) => `2026-01-01T${time}:00.000000Z`;
  assert.equal(field(answer.json, 'pbxs.0.gaps'), [
    { from: at('01:30'), to: at('02:00'), cause: 'killed', heard: null, open_seconds: 1800, filling: null },
    { from: at('00:59'), to: at('01:01'), cause: 'no_answer', heard: null, open_seconds: 120, filling: null },
  ]);
  assert.equal(field(answer.json, 'pbxs.0.days'), [
    {
      day: '2026-01-01',
      seconds: 86_400,
      listened_seconds: 86_400 - 32 * 60,
      journal_seconds: 0,
      gap_seconds: 32 * 60,
      filled_seconds: 0,
    },
  ]);
  assert.equal(coverageSchema.parse(answer.json), answer.json);
});

test('days are those of the zone that is asked for', async () => {
  const { json } = await get('?from=2026-03-28T22:00:00Z&to=2026-03-29T21:00:00Z&tz=Europe/Athens');
  const [begin, end] = [field(json, 'pbxs.0.days.0'), field(json, 'pbxs.0.days.1')];
  assert.equal([field(begin, 'day'), field(begin, 'seconds'), end], ['2026-03-29', 23 * 3600, undefined]);
});

test('whoever names no period gets the last thirty days; one that is no period is refused', async () => {
  const { json } = await get('');
  const [from, to] = [field(json, 'from'), field(json, 'to')].map((time) => Date.parse(String(time)));
  assert.is((to ?? 0) - (from ?? 0), 30 * 86_400_000);
  for (const query of [
    '?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    '?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    '?from=2020-01-01T00:00:00Z',
    '?tz=Europe/Atlantis',
    '?days=3',
  ]) {
    assert.is((await get(query)).status, 422, query);
  }
});

test.run();
