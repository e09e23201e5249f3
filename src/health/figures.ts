import type { ListenerState } from '../listening/index.ts';
import { type Figure, levels } from '../ports/health.ts';
import { assess } from './assess.ts';
import { isHeld, isLogTaking, secondsWaiting } from './assessPbx.ts';
import { isLiving, knownPbxs, seenServers } from './doer.ts';
import type { Measures } from './measures.ts';
import { listenedTo } from './whoListens.ts';

/**
 * What was measured, as numbers. While the database is away its numbers are those of its last answer, whose age stands
 * beside them; what was never answered is left out.
 */
export function* figuresOf(measures: Measures): Generator<Figure> {
  yield* ofChecks(measures);
  yield* ofServers(measures);
  yield* ofAnswers(measures);
  yield* ofPbxs(measures);
  yield* ofGaps(measures);
  yield* ofReadModel(measures);
  const { embedded, free, refused, packingTries } = measures;
  if (embedded !== null)
    yield figure('embedded_postgres_restarts', 'Starts of the embedded PostgreSQL after the first.', embedded.restarts);
  if (free.last !== null) yield figure('disk_free_bytes', 'Room left on the disk of DATA_DIR.', free.last.value);
  const packing = 'Tries in a row by which old events of the log could not be packed.';
  yield figure('log_packing_failed_tries', packing, packingTries?.count ?? 0);
  if (refused.last !== null)
    yield figure('refused_facts', 'Facts that the log has refused and that are kept apart.', refused.last.value.kept);
}

function* ofChecks(measures: Measures): Generator<Figure> {
  for (const [check, { status }] of Object.entries(assess(measures))) {
    yield figure('check', 'Each check of /readyz: 0 pass, 1 warn, 2 fail.', levels.indexOf(status), { check });
  }
}

function* ofServers(measures: Measures): Generator<Figure> {
  const help = '1 while this server has the lease: of those that want it one has.';
  for (const [lease, state] of measures.leases) yield figure('lease_held', help, Number(state === 'held'), { lease });
  if (measures.servers.last === null) return;
  yield figure('servers', 'Servers on the database that live.', seenServers(measures).filter(isLiving).length);
}

/** How old is what each part has said. */
function* ofAnswers({ at, ...measures }: Measures): Generator<Figure> {
  const {
    database,
    head: log,
    readModel: read_model,
    waiting,
    refused: refused_facts,
    gaps,
    free: disk,
    servers,
  } = measures;
  const help = 'How long ago a part gave its last answer: the age of its figures.';
  for (const [part, { last }] of Object.entries({
    database,
    log,
    read_model,
    waiting,
    refused_facts,
    gaps,
    disk,
    servers,
  })) {
    if (last !== null) yield figure('answer_age_seconds', help, (at - last.at) / 1_000_000, { part });
  }
}

/** The connection is told of by the server that has it alone; what was heard and stored, or waits, by each. */
function* ofPbxs(measures: Measures): Generator<Figure> {
  const listened = listenedTo(measures);
  for (const state of measures.pbxs) {
    if (listened.includes(state)) yield* ofConnection(state, measures);
    yield* ofJournal(state, measures);
  }
}

function* ofConnection(state: ListenerState, { at }: Measures): Generator<Figure> {
  const of = figuresOn(state);
  yield of('pbx_connected', '1 while the PBX is connected.', state.state === 'connected');
  yield of('pbx_reconnects', 'Connections to the PBX after the first.', state.reconnects);
  if (state.delayMs !== null) yield of('pbx_delay_seconds', 'How old what is read may be.', state.delayMs / 1000);
  yield of('pbx_held', '1 while the PBX is not read because the journal takes no more.', isHeld(state, at));
}

function* ofJournal(state: ListenerState, { at }: Measures): Generator<Figure> {
  const { pbx, journal, log } = state;
  const of = figuresOn(state);
  yield of('journal_records', 'Reads of the PBX that are not yet in the log.', journal.records);
  yield of('journal_bytes', 'Bytes of the journal that are not yet in the log.', journal.bytes);
  yield of('journal_max_bytes', 'So much it takes; then the PBX is not read.', journal.maxBytes);
  yield of('journal_oldest_seconds', 'How long the oldest of them has been waiting.', secondsWaiting(state, at));
  yield of('journal_damaged', 'Stretches of the journal that were damaged and set aside.', journal.damaged);
  const missing = 'Facts that were heard and are gone, because the journal was damaged.';
  yield of('facts_missing', missing, state.missingFacts);
  yield of('log_takes', '1 while the log takes what the PBX says.', isLogTaking(state));
  yield of('log_failed_tries', 'Tries that failed since the log took something last.', log.failedTries);
  yield of('facts_stored', 'Facts of the PBX that were stored since the start.', state.stored);
  yield of('facts_set_aside', 'Facts of this server that another one has stored.', state.setAside);
  for (const [kind, count] of Object.entries(state.counts)) {
    yield figure('pbx_frames', 'Frames of the PBX that were not stored, by what they were.', count, { pbx, kind });
  }
}

function figuresOn({ pbx }: ListenerState) {
  return (name: string, help: string, value: number | boolean) => figure(name, help, Number(value), { pbx });
}

/** Zeros too: an alarm needs to see that there is none. */
function* ofGaps(measures: Measures): Generator<Figure> {
  const { gaps, at } = measures;
  if (gaps.last === null) return;
  for (const pbx of knownPbxs(measures)) {
    const found = gaps.last.value.find((one) => one.pbx === pbx);
    const of = found ?? { gaps: 0, seconds: 0, unfilled: 0, missingFacts: 0 };
    yield figure('gaps_last_day', 'Gaps in the last day, in which the PBX was not heard.', of.gaps, { pbx });
    yield figure('gap_seconds_last_day', 'How long they were together.', of.seconds, { pbx });
    yield figure('gaps_unfilled_last_day', 'Those not filled from call records.', of.unfilled, { pbx });
    yield figure(
      'facts_not_in_log_last_day',
      'Facts that were heard, and only later ones are in the log.',
      of.missingFacts,
      {
        pbx,
      },
    );
    const endedAgo = found?.newestEndedSecondsAgo ?? null;
    if (endedAgo === null) continue;
    const age = endedAgo > 0 ? endedAgo + (at - gaps.last.at) / 1_000_000 : 0;
    yield figure('newest_gap_age_seconds', 'Since the end of the newest gap of the last day; 0: it goes on.', age, {
      pbx,
    });
  }
}

function* ofReadModel({ readModel, waiting, lag, failedTries }: Measures): Generator<Figure> {
  if (readModel.last !== null) {
    const { position, parked, estimatedRows } = readModel.last.value;
    yield figure('read_model_position', 'Position in the log up to which the active read model stands.', position);
    yield figure('read_model_parked', 'Events that could not be projected.', parked);
    yield figure('read_model_rows_estimate', 'Entries of the call log, as PostgreSQL estimates them.', estimatedRows);
  }
  if (waiting.last !== null) {
    const help = "Numbers that are another customer's now and whose calls are still to be matched again, up to 1,000.";
    const { rematching, folding, foldingSeconds } = waiting.last.value;
    yield figure('read_model_rematching', help, rematching);
    const calls = 'Calls of which more is known than their rows tell, up to 1,000: they are to be folded anew.';
    yield figure('read_model_folding', calls, folding);
    yield figure('read_model_folding_seconds', 'How long one of them has waited for it.', foldingSeconds);
  }
  for (const [version, { count }] of failedTries) {
    const help = 'Tries in a row by which a version could not be projected.';
    yield figure('read_model_failed_tries', help, count, { version: String(version) });
  }
  if (lag !== null) {
    yield figure('read_model_lag_seconds', 'For how long the log has had what is not projected yet.', lag.seconds);
    const help = 'How far the read model is behind the log: events in PostgreSQL, bytes in EventStoreDB.';
    yield figure('read_model_lag_positions', help, lag.positions);
  }
  if (waiting.last !== null) {
    const { rebuild, building, ready, stuck } = waiting.last.value;
    const help = 'Rebuilds by state; waiting is 1 while changed rules or another program would give other rows.';
    yield figure('rebuilds', help, rebuild === null ? 0 : 1, { state: 'waiting' });
    yield figure('rebuilds', help, building.length, { state: 'building' });
    yield figure('rebuilds', help, ready.length, { state: 'ready' });
    yield figure('read_model_stuck', 'Versions that do not go on before a person acts.', stuck.length);
  }
}

function figure(name: string, help: string, value: number | bigint, labels: Figure['labels'] = {}): Figure {
  return { name, help, labels, value: Number(value) };
}
