import * as assert from 'uvu/assert';
import { figuresOf } from '../../src/health/figures.ts';
import type { Measures } from '../../src/health/measures.ts';
import { suite } from '../support/suite.ts';
import { ago, answered, measures, pbxState, SELF } from './support.ts';

const test = suite('the figures of what was measured');

function shown(own: Partial<Measures>): readonly string[] {
  return [...figuresOf(measures(own))].map(({ name, labels, value }) =>
    [name, ...Object.values(labels), value].join(' '),
  );
}

test('tell of each PBX what waits, for how long, whether it is read and whether the log takes', () => {
  const { journal, log } = pbxState();
  const figures = shown({
    pbxs: [
      pbxState({
        reconnects: 3,
        counts: { VarSet: 12 },
        journal: { ...journal, records: 7, bytes: 4_096, isFull: true, damaged: 1, oldestAt: ago(42) },
        log: { ...log, state: 'away', failedTries: 5 },
      }),
    ],
  });
  for (const figure of [
    'pbx_connected main 1',
    'pbx_reconnects main 3',
    'pbx_frames main VarSet 12',
    'pbx_held main 1',
    'journal_records main 7',
    'journal_bytes main 4096',
    'journal_oldest_seconds main 42',
    'journal_damaged main 1',
    'log_takes main 0',
    'log_failed_tries main 5',
    'facts_stored main 1000',
    'check pbx main 1',
    'check database 0',
  ]) {
    assert.ok(figures.includes(figure), figure);
  }
});

test('tell of the read model how far it is, how far behind, and what waits for a decision', () => {
  const waiting = {
    rebuild: { reason: 'rules', derivation: '1-def' },
    mixed: false,
    building: [{ version: 2, derivation: '1-def', progress: null }],
    ready: [],
    parked: 0,
    rematching: 3,
    folding: 4,
    foldingSeconds: 2.5,
    stuck: [{ version: 1, error: 'the disk is full' }],
  } as const;
  const packingTries = { count: 4, lastError: 'PostgreSQL 53100' };
  const figures = shown({ lag: { positions: 30n, seconds: 12 }, waiting: answered(waiting), packingTries });
  for (const figure of [
    'read_model_position 500',
    'read_model_parked 0',
    'read_model_rows_estimate 20',
    'answer_age_seconds read_model 0',
    'answer_age_seconds disk 0',
    'read_model_lag_seconds 12',
    'read_model_lag_positions 30',
    'read_model_rematching 3',
    'read_model_folding 4',
    'read_model_folding_seconds 2.5',
    'read_model_stuck 1',
    'rebuilds waiting 1',
    'rebuilds building 1',
    'rebuilds ready 0',
    'refused_facts 0',
    'log_packing_failed_tries 4',
    'embedded_postgres_restarts 0',
    'disk_free_bytes 50000000000',
  ]) {
    assert.ok(figures.includes(figure), figure);
  }
});

test('tell of each PBX how long it was not heard in the last day, and that it was', () => {
  const gap = {
    pbx: 'main',
    gaps: 2,
    seconds: 300,
    unfilled: 1,
    unfilledSeconds: 60,
    newestEndedSecondsAgo: 900,
    missingFacts: 4,
  };
  const self = { ...SELF, does: { pbxs: ['main', 'other'], projects: true } };
  const figures = shown({ self, gaps: answered([gap], ago(5)) });
  for (const figure of [
    'gaps_last_day main 2',
    'gap_seconds_last_day main 300',
    'gaps_unfilled_last_day main 1',
    'facts_not_in_log_last_day main 4',
    'newest_gap_age_seconds main 905',
  ]) {
    assert.ok(figures.includes(figure), figure);
  }
  assert.ok(figures.includes('gap_seconds_last_day other 0'));
  assert.not.match(figures.join('\n'), /newest_gap_age_seconds other/);
});

test('leave out what was never answered, and what this program has not', () => {
  const nothing = { last: null, trouble: 'no answer for 2 s' };
  const figures = shown({ readModel: nothing, waiting: nothing, lag: null, free: nothing, embedded: null });
  assert.not.match(figures.join('\n'), /read_model|rebuilds|disk|embedded/);
  assert.ok(figures.includes('check database 0'));
});

test.run();
