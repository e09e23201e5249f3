import * as assert from 'uvu/assert';
import { assess } from '../../src/health/assess.ts';
import {
  MAX_CLOCK_SET_SECONDS,
  MAX_DELAY_SECONDS,
  MAX_FOLDING_SECONDS,
  MAX_GAP_SECONDS,
  MAX_HELD_SECONDS,
  MAX_LAG_SECONDS,
  MAX_PACKING_TRIES,
  MAX_WAIT_SECONDS,
  MAX_WAITING_BYTES,
  MIN_FREE_BYTES,
} from '../../src/health/limits.ts';
import type { Measures } from '../../src/health/measures.ts';
import type { ListenerState } from '../../src/listening/index.ts';
import { suite } from '../support/suite.ts';
import { ago, answered, GAPS, measures, NOTHING_WAITS, pbxState } from './support.ts';

const test = suite('how the program is, by what was measured');

const { journal, log } = pbxState();
const silent = { last: null, trouble: 'no answer for 2 s' };

/** The parts that do not pass. */
function troubles(own: Partial<Measures>): readonly (readonly [string, string])[] {
  return Object.entries(assess(measures(own))).flatMap(([name, { status, detail }]) =>
    status === 'pass' ? [] : [[`${name} ${status}`, detail] as const],
  );
}

const withPbx = (own: Partial<ListenerState>) => troubles({ pbxs: [pbxState(own)] });

test('all passes when nothing is wrong', () => {
  assert.equal(troubles({}), []);
  assert.equal(Object.keys(assess(measures())), ['database', 'servers', 'log', 'projection', 'disk', 'pbx main']);
});

test('old events that are not packed are told of when it fails again and again', () => {
  const failed = (count: number) => troubles({ packingTries: { count, lastError: 'PostgreSQL 53100' } });
  assert.equal(failed(MAX_PACKING_TRIES - 1), []);
  assert.equal(failed(MAX_PACKING_TRIES), [
    ['packing warn', 'old events of the log are not packed: 3 tries in a row have failed (PostgreSQL 53100)'],
  ]);
});

test('a backlog is told of by its age although everything answers, and not before', () => {
  const waiting = (seconds: number) => ({ journal: { ...journal, records: 9, bytes: 5_000, oldestAt: ago(seconds) } });
  assert.equal(withPbx(waiting(MAX_WAIT_SECONDS - 1)), []);
  assert.equal(withPbx(waiting(95)), [
    ['pbx main warn', 'Connected. The log of events does not keep up: 5 kB wait in the journal, the oldest for 95 s.'],
  ]);
});

test('a backlog that waits for another server is not put on the log', () => {
  const waiting = { ...journal, records: 9, bytes: 5_000, oldestAt: ago(95), waitsFor: 'turn' } as const;
  assert.equal(withPbx({ journal: waiting }), [
    [
      'pbx main warn',
      'Connected. It waits: another server stores what its journal has left: 5 kB wait in the journal, the oldest for 95 s.',
    ],
  ]);
});

test('a backlog is told of by its size although it is young', () => {
  const waiting = (bytes: number) => ({ journal: { ...journal, records: 9, bytes, oldestAt: ago(1) } });
  assert.equal(withPbx(waiting(MAX_WAITING_BYTES - 1)), []);
  const [[name, detail] = []] = withPbx(waiting(MAX_WAITING_BYTES));
  assert.is(name, 'pbx main warn');
  assert.match(detail ?? '', '67.1 MB wait in the journal');
});

test('a PBX that is not read is said to be, with why, whatever the log does', () => {
  const full = withPbx({ journal: { ...journal, isFull: true } });
  assert.match(full[0]?.[1] ?? '', 'The journal is full: the PBX is not read, and may cut us off.');
  assert.equal(withPbx({ heldSince: ago(MAX_HELD_SECONDS - 1) }), []);
  const slow = withPbx({ heldSince: ago(MAX_HELD_SECONDS) });
  assert.match(slow[0]?.[1] ?? '', 'does not take the journal as fast as the PBX speaks: the PBX is not read');
  const failing = withPbx({ journal: { ...journal, failing: 'ENOSPC' }, log: { ...log, state: 'away' } });
  const [[, detail] = []] = failing.filter(([name]) => name === 'pbx main warn');
  assert.match(detail ?? '', 'The log of events is away');
  assert.match(detail ?? '', 'The disk does not take the journal (ENOSPC): the PBX is not read');
});

test('a log that does not take what is appended is told of, with why and how often it was tried', () => {
  const away = { state: 'away', since: ago(600), lastError: 'LOG_UNAVAILABLE', failedTries: 12 } as const;
  const said = withPbx({ log: away });
  assert.equal(
    said.map(([name]) => name),
    ['log warn', 'pbx main warn'],
  );
  assert.match(said[1]?.[1] ?? '', '(LOG_UNAVAILABLE, 12 tries in 10 min)');
});

test('a call log that is far behind the log is told of, and one that cannot go on is a failure', () => {
  assert.equal(troubles({ lag: { positions: 9n, seconds: MAX_LAG_SECONDS - 1 } }), []);
  assert.equal(troubles({ lag: { positions: 9n, seconds: 90 } }), [
    ['projection warn', 'version 1 is 90 s behind the log'],
  ]);
  const failedTries = new Map([[1, { count: 4, lastError: 'PostgreSQL 53200' }]]);
  assert.equal(troubles({ lag: { positions: 9n, seconds: 90 }, failedTries }), [
    ['projection warn', 'version 1 is 90 s behind the log: 4 tries in a row have failed (PostgreSQL 53200)'],
  ]);
  const waiting = { ...NOTHING_WAITS, stuck: [{ version: 1, error: 'the disk is full' }] };
  assert.equal(troubles({ waiting: answered(waiting) }), [
    ['projection fail', 'version 1 does not go on: the disk is full'],
  ]);
});

test('calls that wait long to be folded are told of, though all events are projected', () => {
  const waitingFor = (foldingSeconds: number) => answered({ ...NOTHING_WAITS, folding: 7, foldingSeconds });
  assert.equal(troubles({ waiting: waitingFor(MAX_FOLDING_SECONDS - 1) }), []);
  assert.equal(troubles({ waiting: waitingFor(90) }), [
    ['projection warn', 'of version 1 7 calls are behind the log, one for 90 s'],
  ]);
});

test('what does not answer is a failure, and its last answer no excuse', () => {
  const { readModel } = measures();
  assert.equal(
    troubles({ database: silent, head: silent, readModel: { ...readModel, trouble: silent.trouble } }).map(
      ([name]) => name,
    ),
    ['database fail', 'log fail', 'projection fail'],
  );
});

test('a disk that fills is told of, and nothing where it cannot be told', () => {
  assert.equal(
    troubles({ free: answered(MIN_FREE_BYTES - 1) }).map(([name]) => name),
    ['disk warn'],
  );
  assert.is(assess(measures({ free: silent })).disk, undefined);
});

test('a clock of this machine that was set since the start is told of, either way', () => {
  assert.equal(troubles({ clockSetSeconds: MAX_CLOCK_SET_SECONDS - 1 }), []);
  for (const [clockSetSeconds, how] of [
    [90, 'forward by 90 s'],
    [-7_200, 'back by 2 h'],
  ] as const) {
    const [[name, detail] = []] = troubles({ clockSetSeconds });
    assert.is(name, 'clock warn');
    assert.match(detail ?? '', how);
  }
});

test('gaps of the last day that nobody has filled are told of, but not the short one of a restart', () => {
  assert.equal(troubles({ gaps: answered([GAPS]) }), [
    ['gaps warn', 'in the last day main was not heard for 5 min in a gap, not filled from its call records'],
  ]);
  const filled = { ...GAPS, unfilled: 0, unfilledSeconds: 0 };
  assert.equal(troubles({ gaps: answered([filled]) }), []);
  assert.equal(troubles({ gaps: answered([{ ...filled, missingFacts: 3 }]) }), [
    ['gaps warn', 'in the last day 3 facts heard of main are not in the log, though later ones are'],
  ]);
  assert.equal(troubles({ gaps: answered([{ ...GAPS, unfilledSeconds: MAX_GAP_SECONDS - 1 }]) }), []);
});

test('a lease that is not known to be held is a failure, and each PBX says where its words are', () => {
  const leases = new Map([
    ['pbx:main', 'lost'],
    ['version:1', 'held'],
  ] as const);
  const said = troubles({ leases, pbxs: [pbxState({ journal: { ...journal, bytes: 5_000 } })] });
  assert.equal(
    said.map(([name]) => name),
    ['servers fail', 'pbx main warn'],
  );
  assert.is(
    said[1]?.[1],
    'Connected. PostgreSQL does not say which server stores it: 5 kB wait in the journal, the oldest for 0 s.',
  );
});

test('what an account does not send is told of, with what to set', () => {
  assert.match(withPbx({ missing: 'records' })[0]?.[1] ?? '', 'Enable CDR Logging');
  assert.match(withPbx({ missing: 'calls' })[0]?.[1] ?? '', '`read = call,cdr`');
});

test('facts that are gone are told of, with how many', () => {
  const [[, detail] = []] = withPbx({ missingFacts: 3, journal: { ...journal, damaged: 1 } });
  assert.match(detail ?? '', 'A part of the journal was damaged: 3 facts are missing in the log.');
});

test('a PBX whose words come late is told of, and not before they do', () => {
  assert.equal(withPbx({ delayMs: MAX_DELAY_SECONDS * 1000 - 1 }), []);
  assert.equal(withPbx({ delayMs: 12_000 }), [
    ['pbx main warn', 'Connected. What is read now may be 12 s old: the network or the PBX holds it up.'],
  ]);
});

test('an account that is shown less than all is no trouble, but is told which line to add, and no other', () => {
  const detailFor = (lists: 'all' | 'bridges' | 'nothing') => {
    const account = { commands: [], lists, problem: null };
    const { status, detail } = assess(measures({ pbxs: [pbxState({ account })] }))['pbx main'] ?? {};
    assert.is(status, 'pass');
    return detail ?? '';
  };
  assert.is(detailFor('all'), 'Connected.');
  assert.match(detailFor('bridges'), 'only the calls that were talking');
  assert.match(detailFor('nothing'), 'no call that was open');
  assert.equal(detailFor('bridges').match(/`write = [^`]*`/g), ['`write = reporting`']);
});

test('a list of open calls that did not come to its end is a warning: what is shown may have ended', () => {
  const account = { commands: ['Status'], lists: 'nothing', problem: 'AMI_TIMEOUT' } as const;
  const words = 'Connected. At the login it did not name all open calls (AMI_TIMEOUT)';
  assert.equal(withPbx({ account }), [['pbx main warn', `${words}: some that are shown may have ended before it.`]]);
});

test('a PBX that is away is a warning, not a failure', () => {
  assert.equal(withPbx({ state: 'refused', detail: 'Refused.' }), [['pbx main warn', 'Refused.']]);
});

test.run();
