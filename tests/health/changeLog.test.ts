import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { ChangeLog } from '../../src/health/changeLog.ts';
import { START_MS } from '../../src/health/limits.ts';
import type { Checks, Level } from '../../src/ports/health.ts';
import { logLines } from '../support/logLines.ts';
import { suite } from '../support/suite.ts';
import { NOW } from './support.ts';

const test = suite('what the log says of changes');

/** Nothing is said in it. */
const START = Array.from({ length: START_MS / 1000 }, (): Level => 'pass');

/** What is said when a check has these levels, one a second; absent: it is not told of. */
function saidOf(statuses: readonly (Level | 'absent')[]): readonly string[] {
  const { logger, lines } = logLines();
  const changes = new ChangeLog(logger);
  for (const [second, status] of [...START, ...statuses].entries()) {
    const checks: Checks = status === 'absent' ? {} : { log: { status, detail: status } };
    changes.look(checks, (NOW + second * 1_000_000) as Micros);
  }
  return lines.map((line) => {
    const { status, changes: often = 1 } = JSON.parse(line);
    return `${status} ${often}`;
  });
}

test('what is not well before the start is over is not told of, but what is not well then', () => {
  const { logger, lines } = logLines();
  const changes = new ChangeLog(logger);
  for (let second = 0; second < 20; second += 1) {
    const status = second < 8 ? 'fail' : 'pass';
    const checks: Checks = { projection: { status, detail: status }, log: { status: 'warn', detail: 'away' } };
    changes.look(checks, (NOW + second * 1_000_000) as Micros);
  }
  assert.equal(
    lines.map((line) => JSON.parse(line).check),
    ['log'],
  );
});

const times = (count: number, status: Level | 'absent') => Array.from({ length: count }, () => status);

test('a part that has always been well is not told of', () => {
  assert.equal(saidOf(times(100, 'pass')), []);
});

test('each change is one line, however long it lasts', () => {
  assert.equal(saidOf([...times(20, 'pass'), ...times(60, 'fail'), ...times(20, 'warn'), ...times(60, 'pass')]), [
    'fail 1',
    'warn 1',
    'pass 1',
  ]);
});

test('a part that goes to and fro has a line in ten seconds at most, which counts the changes', () => {
  const flapping = Array.from({ length: 50 }, (): readonly Level[] => ['fail', 'pass']).flat();
  const said = saidOf(flapping);
  assert.equal(said.slice(0, 3), ['fail 1', 'fail 10', 'fail 10']);
  assert.is(said.length, 10);
});

test('a short trouble is said to be over once the ten seconds are', () => {
  assert.equal(saidOf([...times(3, 'warn'), ...times(20, 'pass')]), ['warn 1', 'pass 1']);
});

test('what is told of only in trouble is over when it is not told of any more', () => {
  assert.equal(saidOf([...times(12, 'warn'), ...times(20, 'absent')]), ['warn 1', 'pass 1']);
});

test.run();
