import * as assert from 'uvu/assert';
import { stretchOf } from '../../web/src/format/stretch.ts';
import { suite } from '../support/suite.ts';

const test = suite('how long ago a call was');

const at = (day: string, clock = '12:00') => new Date(`${day}T${clock}:00`);

test('days are told apart within the week, the week before is one, then months are', () => {
  const thursday = at('2026-11-19', '00:30');
  const stretches: [day: Date, stretch: string][] = [
    [at('2026-11-19', '00:10'), 'today'],
    [at('2026-11-18', '23:59'), 'yesterday'],
    [at('2026-11-17'), 'this week'],
    [at('2026-11-16', '00:00'), 'this week'],
    [at('2026-11-15', '23:59'), 'last week'],
    [at('2026-11-09'), 'last week'],
    [at('2026-11-08'), 'this month'],
    [at('2026-11-01'), 'this month'],
    [at('2026-10-31'), 'a month'],
    [at('2025-11-10'), 'a month'],
  ];
  for (const [day, stretch] of stretches) assert.is(stretchOf(day, thursday), stretch, day.toISOString());
});

test('on a Monday yesterday is yesterday, and what was before it is of last week', () => {
  const monday = at('2026-11-30');
  assert.is(stretchOf(at('2026-11-29'), monday), 'yesterday');
  assert.is(stretchOf(at('2026-11-28'), monday), 'last week');
});

test('a day is a day where the clock is put forward or back', () => {
  assert.is(stretchOf(at('2026-03-28', '23:00'), at('2026-03-29', '23:30')), 'yesterday');
  assert.is(stretchOf(at('2026-10-24', '00:10'), at('2026-10-25', '23:30')), 'yesterday');
});

test('what a fast clock says is ahead stands under its day', () => {
  assert.is(stretchOf(at('2026-11-20'), at('2026-11-19')), 'this week');
});

test.run();
