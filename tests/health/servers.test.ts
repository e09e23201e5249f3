import * as assert from 'uvu/assert';
import { assess } from '../../src/health/assess.ts';
import { figuresOf } from '../../src/health/figures.ts';
import { MAX_ABSENT_SECONDS, MAX_SILENT_SECONDS } from '../../src/health/limits.ts';
import type { Measures } from '../../src/health/measures.ts';
import { reportedPbxs, shownPbx } from '../../src/health/whoListens.ts';
import type { PbxHealth } from '../../src/ports/health.ts';
import { suite } from '../support/suite.ts';
import { ago, answered, GAPS, measures, pbxState, SELF, seen, serverSeen } from './support.ts';

const test = suite('who does what, by what the servers tell of each other');

const B = { id: 'b-id', name: 'b' };
/** What b tells of the PBX to which it listens. */
const toldPbx = (own: Partial<PbxHealth> = {}): PbxHealth => {
  const [told] = reportedPbxs(measures());
  if (told === undefined) throw new Error('nothing is told of it');
  return { ...told, ...own };
};

/** What this server knows while b does everything, and has told it so long ago. */
function standingBy(own: Partial<Measures> = {}, silentSeconds = 1, pbx = toldPbx()): Measures {
  const report = { pbxs: [pbx], failedTries: [{ version: 1, count: 3, lastError: 'PostgreSQL 53200' }] };
  const leases = ['pbx:main', 'version:1'].map((name) => ({ name, holder: B }));
  return measures({
    leases: new Map([
      ['pbx:main', 'taken'],
      ['version:1', 'taken'],
    ]),
    pbxs: [pbxState({ state: 'stopped', detail: 'Stopped.', lastHeardAt: null })],
    servers: answered(seen({ servers: [serverSeen(), serverSeen({ ...B, report, silentSeconds })], leases })),
    ...own,
  });
}

/** What it knows that only answers HTTP. */
function httpOnly(own: Partial<Measures> = {}): Measures {
  const self = { ...SELF, does: { pbxs: [], projects: false } };
  return standingBy({ self, leases: new Map(), pbxs: [], ...own });
}

const statusOf = (all: Measures, check: string) => assess(all)[check]?.status;
const detailOf = (all: Measures, check: string) => assess(all)[check]?.detail ?? '';
const statuses = (all: Measures) => new Set(Object.values(assess(all)).map(({ status }) => status));

test('alone, it says what it does and nothing of others', () => {
  assert.equal(assess(measures()).servers, {
    status: 'pass',
    detail: 'a (this one) listens to main, projects version 1',
  });
});

test('a stand-by passes while the one who listens and projects is well, in the words of that one', () => {
  for (const all of [standingBy(), httpOnly()]) {
    assert.equal([...statuses(all)], ['pass']);
    assert.is(detailOf(all, 'pbx main'), 'b listens: Connected.');
    assert.is(detailOf(all, 'projection'), 'version 1, projected by b, follows the log');
  }
  assert.is(
    detailOf(standingBy(), 'servers'),
    'a (this one) stands by for main, stands by to project; b listens to main, projects version 1',
  );
  assert.match(detailOf(httpOnly(), 'servers'), /^a \(this one\) answers HTTP alone; b listens/);
});

test('what is wrong with the PBX where it is heard is said at every server', () => {
  const all = standingBy({}, 1, toldPbx({ level: 'warn', detail: 'Refused.', state: 'refused' }));
  assert.equal(assess(all)['pbx main'], { status: 'warn', detail: 'b listens: Refused.' });
  const lagging = standingBy({ lag: { positions: 9n, seconds: 90 } });
  assert.is(
    detailOf(lagging, 'projection'),
    'version 1, projected by b, is 90 s behind the log: 3 tries in a row have failed (PostgreSQL 53200)',
  );
});

test('one that does it and is silent is told of, then counts as gone', () => {
  const after = (seconds: number) => standingBy({}, seconds);
  assert.is(statusOf(after(MAX_SILENT_SECONDS - 1), 'pbx main'), 'pass');
  for (const check of ['pbx main', 'projection']) {
    assert.is(statusOf(after(MAX_SILENT_SECONDS), check), 'warn');
    assert.is(statusOf(after(MAX_ABSENT_SECONDS), check), 'fail');
  }
  assert.is(detailOf(after(9), 'pbx main'), 'b listens, but was not heard of for 9 s.');
  // it goes on being silent after it was looked at
  const lookedAt = standingBy();
  const old = { ...lookedAt.servers, last: lookedAt.servers.last && { ...lookedAt.servers.last, at: ago(9) } };
  assert.is(statusOf(standingBy({ servers: old }), 'pbx main'), 'warn');
});

test('a PBX that nobody listens to is a failure at every server, and so is a call log that nobody projects', () => {
  const servers = answered(seen({ leases: ['pbx:main', 'version:1'].map((name) => ({ name, holder: null })) }));
  for (const all of [standingBy({ servers }), httpOnly({ servers })]) {
    assert.equal(assess(all)['pbx main'], { status: 'fail', detail: 'No server listens to it.' });
    assert.equal(assess(all).projection, { status: 'fail', detail: 'no server projects version 1' });
  }
});

test('where only servers live that answer HTTP alone, it is said that nobody does the rest', () => {
  const { self } = httpOnly();
  const all = httpOnly({ servers: answered(seen({ servers: [serverSeen(self)], leases: [] })) });
  assert.is(statusOf(all, 'servers'), 'fail');
  assert.match(detailOf(all, 'servers'), 'start one without `--only http`');
});

test('while PostgreSQL says nothing, it is not made up who does what', () => {
  const servers = { ...standingBy().servers, trouble: 'no answer for 2 s' };
  assert.equal(assess(httpOnly({ servers }))['pbx main'], {
    status: 'warn',
    detail: 'PostgreSQL does not say which server listens to it.',
  });
  assert.match(detailOf(httpOnly({ servers }), 'servers'), 'PostgreSQL does not say how the others are');
});

test('a `serve` that knows no leases is not taken for nobody', () => {
  const all = standingBy({ servers: answered(seen({ leases: [], olderServes: true })) });
  assert.equal(assess(all)['pbx main'], {
    status: 'warn',
    detail: 'a `serve` of an older release listens, but has not told how that is.',
  });
});

test('a lease that was just asked for, and of which nothing is known yet, is no trouble', () => {
  const { leases } = measures();
  const all = measures({ leases: new Map([...leases, ['journal:main', 'lost'], ['version:2', 'lost']]) });
  assert.equal(assess(all).servers, assess(measures()).servers);
});

test('another process that says it is this server is a failure, and it is said how that can be', () => {
  const copy = serverSeen({ startedAt: '2026-11-25T11:30:00.000000Z' });
  const all = measures({ servers: answered(seen({ servers: [copy] })) });
  assert.is(statusOf(all, 'servers'), 'fail');
  assert.match(detailOf(all, 'servers'), 'DATA_DIR was copied: remove server.json from one of the two');
});

test('what a stand-by has heard itself and not stored is told beside', () => {
  const { journal } = pbxState();
  const left = (seconds: number) =>
    standingBy({ pbxs: [pbxState({ journal: { ...journal, bytes: 5_000, oldestAt: ago(seconds) } })] });
  assert.equal(assess(left(1))['pbx main'], {
    status: 'pass',
    detail: 'b listens: Connected. Of what this server heard itself, 5 kB wait in its journal.',
  });
  assert.is(statusOf(left(60), 'pbx main'), 'warn');
});

test('the connections are shown as their listener tells of them, with who that is', () => {
  const { state, lastHeardAt, listener } = shownPbx('main', standingBy());
  assert.equal(
    [state, lastHeardAt, listener],
    ['connected', '2026-11-25T11:59:59.000000Z', { name: 'b', isThisOne: false, secondsAgo: 1 }],
  );
  assert.equal(shownPbx('main', measures()).listener, { name: 'a', isThisOne: true, secondsAgo: 0 });
});

test('figures of a connection come from the server that has it, those of a journal from each, with the leases that it has', () => {
  const lines = (all: Measures) =>
    [...figuresOf(all)].map(({ name, labels, value }) => [name, ...Object.values(labels), value].join(' '));
  const listening = lines(measures());
  for (const line of ['lease_held pbx:main 1', 'lease_held version:1 1', 'servers 1', 'pbx_connected main 1']) {
    assert.ok(listening.includes(line), line);
  }
  const by = lines(standingBy());
  for (const line of ['lease_held pbx:main 0', 'servers 2', 'journal_bytes main 0']) assert.ok(by.includes(line), line);
  assert.not.match(by.join('\n'), /pbx_connected|pbx_held/);
});

test('gaps of a PBX are told of by every server, of one that nobody has any more by none', () => {
  assert.is(statusOf(httpOnly({ gaps: answered([GAPS]) }), 'gaps'), 'warn');
  assert.is(statusOf(httpOnly({ gaps: answered([{ ...GAPS, pbx: 'once' }]) }), 'gaps'), undefined);
});

test.run();
