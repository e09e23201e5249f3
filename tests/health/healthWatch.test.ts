import * as assert from 'uvu/assert';
import type { Micros } from '../../src/domain/time.ts';
import { HealthWatch } from '../../src/health/healthWatch.ts';
import { ANSWER_MS, GAPS_EVERY_MS } from '../../src/health/limits.ts';
import type { Questions } from '../../src/health/measures.ts';
import { logLines } from '../support/logLines.ts';
import { suite } from '../support/suite.ts';
import { measures, NOW, pbxState } from './support.ts';

const test = suite('the health that is measured on a cadence');

/** A program of which every answer can be held back; its clock is moved by hand. */
function watched() {
  const { logger, lines } = logLines();
  let now = NOW;
  let asked = 0;
  let held: Promise<void> | null = null;
  let letGo = () => {};
  const well = measures();
  const answer = async <T>(value: T | undefined): Promise<T> => {
    asked += 1;
    if (held !== null) await held;
    if (value === undefined) throw new Error('there is none');
    return value;
  };
  const ask: Omit<Questions, 'servers'> = {
    database: () => answer(null),
    head: () => answer(well.head.last?.value),
    readModel: () => answer(well.readModel.last?.value),
    waiting: () => answer(well.waiting.last?.value),
    refused: () => answer(well.refused.last?.value),
    gaps: () => answer(well.gaps.last?.value),
    free: () => answer(well.free.last?.value),
  };
  const know = () => ({
    embedded: null,
    self: well.self,
    leases: well.leases,
    clockSetSeconds: 0,
    pbxs: [pbxState()],
    failedTries: new Map(),
    packingTries: null,
  });
  const clock = { now: () => now };
  return {
    health: new HealthWatch({ ask, meet: () => answer(well.servers.last?.value), know, clock, logger }),
    lines,
    asked: () => asked,
    hold() {
      held = new Promise((resolve) => {
        letGo = resolve;
      });
    },
    async letGo() {
      held = null;
      letGo();
      await new Promise((resolve) => setImmediate(resolve));
    },
    advance(ms: number) {
      now = (now + ms * 1000) as Micros;
    },
  };
}

const statusOf = ({ health }: ReturnType<typeof watched>, name: string) => health.report().checks[name]?.status;

test('many who ask cost nothing: what was measured last is told', async () => {
  const one = watched();
  await one.health.measure();
  const before = one.asked();
  for (let n = 0; n < 100; n += 1) {
    one.health.report();
    one.health.figures();
    one.health.pbxs();
  }
  assert.is(one.asked(), before);
});

test('a part that is silent is told of at once to who asks, with the figures that it gave last and their age', async () => {
  const one = watched();
  await one.health.measure();
  one.hold();
  const measuring = one.health.measure();
  assert.is(statusOf(one, 'database'), 'pass');
  one.advance(ANSWER_MS);
  const { checks, waiting } = one.health.report();
  assert.equal([checks.database, waiting], [{ status: 'fail', detail: 'does not answer (no answer for 2 s)' }, null]);
  const figures = new Map(
    one.health.figures().map(({ name, labels, value }) => [`${name} ${labels.part ?? ''}`, value]),
  );
  assert.equal([figures.get('read_model_position '), figures.get('answer_age_seconds read_model')], [500, 2]);
  await one.letGo();
  await measuring;
  assert.is(statusOf(one, 'database'), 'pass');
});

test('a part that does not answer is not asked again before it has', async () => {
  const one = watched();
  one.hold();
  const measuring = [one.health.measure(), one.health.measure(), one.health.measure()];
  assert.is(one.asked(), 8);
  await one.letGo();
  await Promise.all(measuring);
  await one.health.measure();
  // the gaps are not asked for again so soon
  assert.is(one.asked(), 8 + 7);
  one.advance(GAPS_EVERY_MS);
  await one.health.measure();
  assert.is(one.asked(), 8 + 7 + 8);
});

test('the connections are told with their level, in the words that readiness has', async () => {
  const { health } = watched();
  const [pbx] = health.pbxs();
  assert.equal([pbx?.level, pbx?.detail], ['pass', health.report().checks['pbx main']?.detail]);
});

test.run();
