import type { CallGroup } from '../calls/callGroup.ts';
import { withoutErased } from '../calls/erased.ts';
import { countFacts } from '../calls/factCounts.ts';
import { heardThenWait, openOnesWait, unendedThenWait } from '../calls/foldsWaiting.ts';
import { bringFacts } from '../calls/groups.ts';
import { clocksComparedIn, type HeardThen, takeInSessions } from '../calls/heardThen.ts';
import type { Forgotten } from '../people/forgetStream.ts';
import { toldBeforeThese } from '../people/manualCalls.ts';
import type { Batch } from '../tables/batch.ts';
import { callOfStream } from '../tables/parked.ts';
import { isFoldedAtOnce, type Work } from './work.ts';
import { type Changed, writeRows } from './writeRows.ts';

/** Groups that have changed, and finished calls that may have: of which another session has shown the end already. */
type Touched = Changed & { readonly late: readonly HeardThen[] };

/**
 * Takes in what comes behind `projected`, without what is erased. `spoiledStream` has an event that is parked. What one event
 * of a connection changes in many calls is not folded here, nor a call that is dear to fold: they wait (`foldSome`).
 */
export async function takeIn(work: Work, batch: Batch, projected: bigint, spoiledStream?: string): Promise<void> {
  const { sql, log, kept } = work;
  await countFacts(sql, batch);
  const left = await withoutErased(sql, log, batch, projected);
  if (left.taken.groups.length > 0) kept.forgetGroups();
  const touched = await touch(work, left.batch, spoiledStream);
  const begin = touched.later.filter(({ waits }) => !waits);
  await write(work, left.batch, touched, left.taken);

  const folded = touched.now.map(({ id }) => id);
  const { connections } = left.batch;
  kept.mayFold ||= begin.length + connections.length + touched.late.length > 0;
  await openOnesWait(sql, [...new Set(connections.map(({ id }) => id))], folded);
  for (const compared of clocksComparedIn(connections, kept.sessions)) await heardThenWait(sql, compared, folded);
  for (const told of touched.late) await unendedThenWait(sql, told, folded);
}

/** The groups that are others now: facts were added, or an event is parked. */
export async function touch(work: Work, batch: Batch, spoiledStream?: string): Promise<Touched> {
  const { sql, kept } = work;
  const spoiled = await load(work, batch, spoiledStream);
  kept.isAhead = true;
  const late = await takeInSessions(sql, kept.sessions, batch);
  const touched = kept.groups.add(batch.facts, spoiled);
  const now = touched.filter((group) => isFoldedAtOnce(work, group));
  await bringFacts(work, now);
  return { now, later: touched.filter((group) => !now.includes(group)), late };
}

/**
 * Brings into memory what the batch needs of the log, before anything there is changed: what is would have to be forgotten
 * when the log is asked. The groups that a parked event belongs to.
 */
async function load(work: Work, { facts, manual }: Batch, spoiledStream?: string): Promise<readonly CallGroup[]> {
  const { groups } = work.kept;
  const call = spoiledStream === undefined ? null : callOfStream(spoiledStream);
  const spoiled = call ? await groups.ofKey(work, call.pbx, call.key) : [];
  const loaded = await groups.loadFor(work, facts);
  await bringFacts(
    work,
    [...spoiled, ...loaded].filter((group) => isFoldedAtOnce(work, group)),
  );
  work.log.parts(toldBeforeThese(manual));
  return spoiled;
}

/** Writes what the batch and these groups change. */
export function write(work: Work, batch: Batch, changed: Changed, forgotten?: Forgotten): Promise<void> {
  const { groups, sessions } = work.kept;
  const { deriving, isWhole } = work;
  const rematchedAtOnce = isWhole ? Number.POSITIVE_INFINITY : deriving.rematchedAtOnce;
  return writeRows(work, { ...deriving, groups, sessions, rematchedAtOnce }, batch, changed, forgotten);
}
