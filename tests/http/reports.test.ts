import * as assert from 'uvu/assert';
import { suite } from '../support/suite.ts';
import { field } from './support/ask.ts';
import { tellCalls } from './support/facts.ts';
import { startSystem } from './support/system.ts';

const test = suite('asking for reports');
const system = await startSystem();
test.after(() => system.close());

const PERIOD = 'from=2026-11-01T00:00:00%2B02:00&to=2026-11-03T00:00:00%2B02:00';

async function report(name: string, query: string) {
  return system.ask({ path: `/api/crm/reports/${name}?${query}`, token: await system.token('agent') });
}

test('a report says what it is of, and has its rows', async () => {
  const { status, json } = await report('calls_by_day', `${PERIOD}&tz=Europe/Athens`);
  assert.is(status, 200);
  assert.is(field(json, 'name'), 'calls_by_day');
  assert.is(field(json, 'tz'), 'Europe/Athens');
  const none = { answered: 0, missed: 0, abandoned: 0, busy: 0, failed: 0, voicemail: 0 };
  assert.equal(field(json, 'rows'), [
    { day: '2026-11-01', ...none },
    { day: '2026-11-02', ...none },
  ]);
  for (const name of ['summary', 'calls_by_hour', 'missed_by_extension']) {
    assert.equal(field((await report(name, PERIOD)).json, 'rows'), [], name);
  }
});

test('short names of zones mean what they mean to a browser: IST is India’s time, AET that of Sydney', async () => {
  await tellCalls(system, [{ occurred_at: '2026-11-10T19:00:00Z' }]);
  const dayOf = async (zone: string) => {
    const { json } = await report('calls_by_day', `from=2026-11-10T12:00:00Z&to=2026-11-11T12:00:00Z&tz=${zone}`);
    const days: unknown[] = Object(field(json, 'rows'));
    return days.filter((day) => field(day, 'answered') === 1).map((day) => field(day, 'day'));
  };
  for (const zone of ['IST', 'Asia/Kolkata', 'AET', 'Australia/Sydney']) {
    assert.equal(await dayOf(zone), ['2026-11-11'], zone);
  }
  assert.equal(await dayOf('EET'), ['2026-11-10']);
});

test('an unknown report or zone, an offset for a zone, and a period that is none or too long are refused by name', async () => {
  const REFUSED: [name: string, query: string, pointer: string][] = [
    ['calls_by_moon', PERIOD, '#/name'],
    ['summary', `${PERIOD}&tz=Europe/Atlantis`, '#/tz'],
    ['summary', `${PERIOD}&tz=%2B02:00`, '#/tz'],
    ['summary', 'from=2026-11-03T00:00:00Z&to=2026-11-03T00:00:00Z', '#/to'],
    ['summary', 'from=2020-11-03T00:00:00Z&to=2026-11-03T00:00:00Z', '#/to'],
  ];
  for (const [name, query, pointer] of REFUSED) {
    const { status, text } = await report(name, query);
    assert.is(status, 422, `${name} ${query}`);
    assert.ok(text.includes(`"pointer":"${pointer}"`), text);
  }
});

test.run();
