import { streamOf } from '../../domain/events.ts';
import { withoutErased } from '../calls/erased.ts';
import { countFacts } from '../calls/factCounts.ts';
import { writeGaps } from '../calls/gaps.ts';
import { foldPbxSessionsAnew } from '../calls/pbxSessionsAnew.ts';
import { forgetStream } from '../people/forgetStream.ts';
import { batchOf, type EventPlace, incomingOf } from '../tables/batch.ts';
import { callOfStream, unpark, withoutParked } from '../tables/parked.ts';
import { takeIn, touch, write } from './takeIn.ts';
import type { Work } from './work.ts';

/** Groups that are folded at once where there may be many. */
const PAGE = 500;

export type ParkedAt = Pick<EventPlace, 'stream' | 'revision' | 'position'>;

/** Projects a parked event as if it had been projected at its place, in tables that stand at `upTo`. */
export async function bringBack(work: Work, place: ParkedAt, upTo: bigint): Promise<void> {
  const { sql, log, kept } = work;
  const { stream, position } = place;
  if (callOfStream(stream)) return bringFactBack(work, place);
  await unpark(sql, position);
  const events = log.stream(stream, upTo);
  if (stream === streamOf.erasures) {
    const order = events.filter((event) => event.position === position);
    return takeIn(work, batchOf(order.map(incomingOf)), upTo);
  }
  const counted = await withoutParked(sql, events);
  if (!stream.startsWith(streamOf.pbx(''))) {
    return write(work, batchOf(counted.map(incomingOf)), NO_GROUPS, await forgetStream(sql, stream));
  }
  const pbx = stream.slice(streamOf.pbx('').length);
  await writeGaps(sql, batchOf(counted.map(incomingOf)).gaps);
  const told = { pbx, events: counted, added: position, upTo };
  const session = await foldPbxSessionsAnew(sql, log, kept.sessions, told);
  if (session !== null) await foldFrom(work, pbx, kept.sessions.lastDecidedBefore(pbx, session).session);
}

async function bringFactBack(work: Work, { stream, revision, position }: ParkedAt): Promise<void> {
  const { sql, log, kept } = work;
  const brought = batchOf(log.parts([{ stream, first: revision, last: revision }])[0] ?? []);
  await countFacts(sql, brought);
  const { batch } = await withoutErased(sql, log, brought, 0n);
  const touched = await touch(work, batch, stream);
  // not before: a group whose facts are read then would have it twice
  await unpark(sql, position);
  await write(work, batch, touched);
  for (const { fact } of batch.facts) {
    if (kept.sessions.endsWith(fact)) await foldFrom(work, fact.pbx, fact.session);
  }
}

/** Folds the calls anew that may depend on what is known of a session: those with facts of it or later ones, and open ones. */
async function foldFrom(work: Work, pbx: string, session: number): Promise<void> {
  const { kept, log } = work;
  const begin = { stream: streamOf.pbx(pbx), first: BigInt(session), last: BigInt(session) };
  const since = log.parts([begin])[0]?.[0]?.position ?? 0n;
  await kept.groups.ask(work, { pbx, since });
  for (let after = 0n; ; ) {
    kept.forgetGroups();
    const now = await kept.groups.since(work, { pbx, since, after }, PAGE);
    const last = now.at(-1);
    if (!last) return;
    await write(work, batchOf([]), { now, later: [] });
    after = last.id;
  }
}

const NO_GROUPS = { now: [], later: [] };
