import pg from 'pg';
import * as assert from 'uvu/assert';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import type { NewEvent } from '../../src/domain/events.ts';
import { MAX_UNLISTED_TRIES } from '../../src/errorPolicy.ts';
import type { RefusedFact } from '../../src/ports/refusedFacts.ts';
import { eventually } from '../support/eventually.ts';
import { eventText } from '../support/fakePbx.ts';
import { factsOf, fieldOfFact, listening, readStream, seqOf, wordsOf } from '../support/listening.ts';
import { logLines } from '../support/logLines.ts';
import { createDatabase } from '../support/postgres.ts';
import { suite } from '../support/suite.ts';

const test = suite('what the log refuses of a PBX');

const database = await createDatabase();
const realLog = await openPostgresLog({ url: database.url });
test.after(async () => {
  await realLog.close();
  await database.drop();
});

const stateOfCall = (call: number, n: number) =>
  eventText('Newstate', { Uniqueid: `1795.${call}`, Linkedid: `1795.${call}`, N: `${n}` });
const statesOfCall = (call: number, count: number) =>
  Array.from({ length: count }, (_, n) => stateOfCall(call, n)).join('');

const hasN = (events: readonly NewEvent[], n: number) =>
  events.some(
    ({ data }) => Array.isArray(data.fields) && data.fields.some(([key, value]) => key === 'N' && value === `${n}`),
  );

/** Where refused facts go, as long as there is room. */
function keeping(room = Number.POSITIVE_INFINITY) {
  const facts: RefusedFact[] = [];
  const keep = (fact: RefusedFact) => facts.length < room && facts.push(fact) > 0;
  return { facts, refusedFacts: { keep, state: () => ({ kept: facts.length, lost: 0 }) } };
}

function ofPostgres(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('quotes the row', 0, 'error'), { severity: 'ERROR', code });
}

test('is found by halving, set aside whole, and the others of its stream are stored', async () => {
  const { facts, refusedFacts } = keeping();
  const { logger, lines } = logLines();
  const { listener, pbx, end } = await listening(realLog, (client) => client.send(statesOfCall(1, 40)), {
    logger,
    refusedFacts,
    fate: (_, events) => (hasN(events, 13) || hasN(events, 14) ? ofPostgres('22P05') : 'works'),
  });
  await eventually('the others are stored', () => listener.state().stored === 38);
  await eventually('nothing waits', () => listener.state().journal.records === 0);
  assert.is(listener.state().counts['PostgreSQL 22P05'], 2);
  await end();
  assert.equal(
    facts.map(({ stream, code, event }) => [stream, code, event.type, event.metadata.seq]),
    [13, 14].map((seq) => [`call-${pbx}-1795.1`, 'PostgreSQL 22P05', 'ChannelStateChanged', seq]),
  );
  assert.is((await factsOf(realLog, pbx)).length, 38);
  assert.is(lines.filter((line) => line.includes('22P05')).length, 1, 'it is said once');
  assert.not.ok(
    lines.some((line) => line.includes('quotes the row')),
    'nothing of the fact is said',
  );
});

test('is what is in no table too, once it has come again and again while others went through', async () => {
  const { facts, refusedFacts } = keeping();
  let triesAlone = 0;
  let others = 0;
  const { listener, end, server } = await listening(realLog, (client) => client.send(statesOfCall(1, 20)), {
    refusedFacts,
    fate: (stream, events) => {
      if (!stream.endsWith('1795.1') || !hasN(events, 7)) return 'works';
      if (events.length === 1) triesAlone += 1;
      return new Error('in no table');
    },
  });
  await eventually('it is set aside', async () => {
    server.clients[0]?.send(stateOfCall(2, 1_000 + others++));
    await new Promise((resolve) => setImmediate(resolve));
    return facts.length === 1;
  });
  await eventually('all others are stored', () => listener.state().stored === 19 + others);
  assert.ok(triesAlone >= MAX_UNLISTED_TRIES, `${triesAlone} tries`);
  assert.is(listener.state().counts.Error, 1);
  assert.is(listener.state().log.state, 'available');
  await end();
  assert.ok(facts[0] && hasN([facts[0].event], 7));
});

test('keeps no other call out: one lane’s error that is in no table passes by the others', async () => {
  const { facts, refusedFacts } = keeping();
  const so = await listening(realLog, (client) => client.send(stateOfCall(1, 0)), {
    refusedFacts,
    fate: (stream) => (stream.endsWith('1795.1') ? new Error('in no table') : 'works'),
  });
  await eventually(
    'it counts as the log’s as long as nothing else is said',
    () => so.listener.state().log.state === 'away',
  );
  so.server.clients[0]?.send(statesOfCall(2, 30));
  await eventually('the other call is stored', () => so.listener.state().stored === 30);
  assert.equal(facts, []);
  so.fate = () => 'works';
  await eventually('and so is the first', () => so.listener.state().stored === 31);
  await so.end();
});

test('is nothing while nothing at all goes through, whatever the log says', async () => {
  const { facts, refusedFacts } = keeping();
  let tries = 0;
  const so = await listening(
    realLog,
    (client) => client.send(statesOfCall(1, 10) + statesOfCall(2, 10) + statesOfCall(3, 10)),
    {
      refusedFacts,
      fate: (stream) => {
        if (stream.startsWith('pbx-')) return 'works';
        tries += 1;
        return new Error('in no table');
      },
    },
  );
  await eventually('it was tried often', () => tries > 10 * MAX_UNLISTED_TRIES);
  assert.is(so.listener.state().log.state, 'away');
  assert.is(so.listener.state().log.lastError, 'Error');
  so.fate = () => 'works';
  await eventually('all are stored', () => so.listener.state().stored === 30);
  await so.end();
  assert.equal(facts, []);
});

test('is nothing either while a person has to act: that is said at once, and everything is kept', async () => {
  const { facts, refusedFacts } = keeping();
  const { logger, lines } = logLines();
  const so = await listening(realLog, (client) => client.send(statesOfCall(1, 10)), {
    logger,
    refusedFacts,
    fate: (stream) => (stream.startsWith('pbx-') ? 'works' : 'LOG_STORAGE_FAILED'),
  });
  await eventually('it is said', () => so.listener.state().log.state === 'denied');
  assert.match(wordsOf(so.listener), 'cannot store before somebody acts (LOG_STORAGE_FAILED)');
  so.fate = () => 'works';
  await eventually('all are stored', () => so.listener.state().stored === 10);
  await so.end();
  assert.equal(facts, []);
  assert.is(lines.filter((line) => line.includes('LOG_STORAGE_FAILED')).length, 1);
});

test('is all that is missing, whatever becomes of the appends: every other fact is stored once, in its order', async () => {
  const { facts, refusedFacts } = keeping();
  const [calls, perCall] = [8, 40];
  const isBad = (seq: unknown) => Number(seq) % 17 === 3;
  const fates = [
    'works',
    'LOG_UNAVAILABLE',
    new Error('in no table'),
    'stored_but_unknown',
    'LOG_OUTCOME_UNKNOWN',
  ] as const;
  let appends = 0;
  const metOnce = new Set<string>();
  const { listener, pbx, end } = await listening(
    realLog,
    (client) => {
      for (let n = 0; n < perCall; n += 1)
        for (let call = 0; call < calls; call += 1) client.send(stateOfCall(call, n));
    },
    {
      refusedFacts,
      fate: (_, events) => {
        if (events.some(({ metadata }) => isBad(metadata.seq))) return ofPostgres('22021');
        const fate = fates[appends++ % fates.length] ?? 'works';
        const first = events[0]?.id ?? '';
        if (!(fate instanceof Error)) return fate;
        // what fails so again and again would be refused, too
        if (metOnce.has(first)) return 'works';
        metOnce.add(first);
        return fate;
      },
    },
  );
  await eventually('nothing waits', () => listener.state().stored + facts.length === calls * perCall);
  await end();
  const seqs = Array.from({ length: calls * perCall }, (_, seq) => seq);
  const keptSeqs = facts.map(({ event }) => Number(event.metadata.seq)).sort((a, b) => a - b);
  assert.equal(keptSeqs, seqs.filter(isBad));
  const stored = await factsOf(realLog, pbx);
  assert.equal(
    stored.map(seqOf),
    seqs.filter((seq) => !isBad(seq)),
  );
  for (let call = 0; call < calls; call += 1) {
    const said = (await readStream(realLog, `call-${pbx}-1795.${call}`)).map(seqOf);
    assert.equal(
      said,
      [...said].sort((a, b) => a - b),
    );
  }
});

test('is not kept when it is of an erased call', async () => {
  const { facts, refusedFacts } = keeping();
  const { listener, end } = await listening(realLog, (client) => client.send(statesOfCall(1, 3)), {
    refusedFacts,
    fate: (stream) => (stream.endsWith('1795.1') ? 'STREAM_DELETED' : 'works'),
  });
  await eventually('they are counted', () => listener.state().counts.STREAM_DELETED === 3);
  await end();
  assert.equal(facts, []);
});

test('is lost when it cannot be kept, which is said and counted', async () => {
  const { facts, refusedFacts } = keeping(2);
  const { logger, lines } = logLines();
  const { listener, pbx, end } = await listening(realLog, (client) => client.send(statesOfCall(1, 5)), {
    logger,
    refusedFacts,
    fate: (stream) => (stream.endsWith('1795.1') ? 'INVALID_EVENT' : 'works'),
  });
  await eventually('all are refused', () => listener.state().counts.INVALID_EVENT === 5);
  assert.is(listener.state().counts['refused and lost'], 3);
  await end();
  assert.is(facts.length, 2);
  assert.is(lines.filter((line) => line.includes('they are lost')).length, 1);
  assert.equal(
    (await factsOf(realLog, pbx)).map((fact) => fieldOfFact(fact, 'N')),
    [],
  );
});

test.run();
