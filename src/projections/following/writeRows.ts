import type { Rules } from '../../domain/rules.ts';
import { aliasesOf, writeAliases } from '../calls/aliases.ts';
import type { CallGroup } from '../calls/callGroup.ts';
import { writeCurrentCalls } from '../calls/currentCalls.ts';
import { callRow, writeEntries } from '../calls/entryRows.ts';
import { foldedCalls } from '../calls/foldedCalls.ts';
import { waitNoMore, waitToBeFolded } from '../calls/foldsWaiting.ts';
import { writeGaps } from '../calls/gaps.ts';
import type { Groups } from '../calls/groups.ts';
import { mergedWith, placeManualCalls } from '../calls/manualMerges.ts';
import type { PbxSessions } from '../calls/pbxSessions.ts';
import { annotate } from '../people/annotations.ts';
import { planCallBacks } from '../people/callBacks.ts';
import { evolveCustomers } from '../people/customers.ts';
import { evolveDirectory } from '../people/directory.ts';
import { NOTHING_FORGOTTEN } from '../people/forgetStream.ts';
import { foldAgain, foldManualCalls } from '../people/manualCalls.ts';
import { rematch } from '../people/rematch.ts';
import { type RulesOf, whose } from '../people/whose.ts';
import type { Batch } from '../tables/batch.ts';
import { parkedIn, streamsOfKeys } from '../tables/parked.ts';
import type { Sql } from '../tables/transaction.ts';
import type { Within } from './work.ts';

/** What is folded with. */
export type Folding = {
  readonly rules: Rules;
  readonly rulesOf: RulesOf;
  readonly derivation: string;
  readonly groups: Groups;
  readonly sessions: PbxSessions;
  /** calls that are matched again at once where a number is another's now; the others wait */
  readonly rematchedAtOnce: number;
};

/** Groups that have changed: those that are folded now, with their facts at hand, and those that wait for it. */
export type Changed = { readonly now: readonly CallGroup[]; readonly later: readonly CallGroup[] };

/**
 * Writes everything that the batch changes, and what stands in these groups. `forgotten`: what was so before and may be so
 * no more.
 */
export async function writeRows(
  { sql, log, feed }: Within,
  { rules, rulesOf, derivation, groups, sessions, rematchedAtOnce }: Folding,
  batch: Batch,
  { now, later }: Changed,
  forgotten = NOTHING_FORGOTTEN,
): Promise<void> {
  await sessions.load(
    sql,
    now.map(({ pbx }) => pbx),
  );
  const folded = foldedCalls(now, { sessions, rules, hasParked: await parkedAmong(sql, now) });

  await writeGaps(sql, batch.gaps);
  const numberKeys = await evolveCustomers(sql, batch.customers, rules.country);
  const said = await annotate(sql, batch.annotations);
  if (await planCallBacks(sql, batch.callBacks)) feed.wake();
  const directory = batch.directory.map(({ event }) => event);
  // names stand in many rows
  if (await evolveDirectory(sql, directory)) feed.beginAnew();
  const folding = { sql, log, derivation };
  const manual = await foldManualCalls(folding, batch.manual);

  const rewritten = now.filter(({ stored, absorbed }) => stored || absorbed.length > 0).map(({ id }) => id);
  const replaced = [...forgotten.groups, ...rewritten];
  await groups.write(sql, [...now, ...later]);
  await waitToBeFolded(sql, later);
  await waitNoMore(sql, rewritten);
  for (const group of now) group.waits = false;
  const aliases = aliasesOf(folded);
  const asked = [...folded.entries, ...folded.current].map((call) => call.asked);
  const whoseIs = await whose(sql, rulesOf, asked);
  const rows = folded.entries.map((entry) => callRow(entry, whoseIs));
  const takenAway = await writeAliases(sql, aliases, replaced);
  await writeEntries(sql, rows, { replaced, aliases }, feed);
  await writeCurrentCalls(sql, folded.current, whoseIs, replaced, feed);

  const merged = [...forgotten.manual, ...said.manual, ...(await mergedWith(sql, folded, takenAway))];
  await foldAgain(folding, manual, merged);
  const joined = await placeManualCalls(sql, rulesOf, manual, feed);
  const another = {
    numberKeys: [...forgotten.numberKeys, ...numberKeys],
    ids: [...forgotten.ids, ...said.ids, ...joined],
  };
  await rematch({ sql, rulesOf, feed, most: rematchedAtOnce }, another);
}

/** Tells of a group whether an event of it is parked. */
async function parkedAmong(sql: Sql, groups: readonly CallGroup[]): Promise<(group: CallGroup) => boolean> {
  const streams = groups.flatMap(({ pbx, keys }) => streamsOfKeys(pbx, keys));
  const parked = streams.length === 0 ? new Map() : await parkedIn(sql, streams);
  return ({ pbx, keys }) => parked.size > 0 && streamsOfKeys(pbx, keys).some((stream) => parked.has(stream));
}
