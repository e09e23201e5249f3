import type { CallGroup } from '../calls/callGroup.ts';
import { longestWaiting, waitNoMore } from '../calls/foldsWaiting.ts';
import { bringFacts } from '../calls/groups.ts';
import { batchOf } from '../tables/batch.ts';
import { write } from './takeIn.ts';
import type { Work } from './work.ts';

/** Groups of a page, which is one transaction: what is live waits for it. */
const MOST = 50;
/** Facts of a page, as a multiple of what one group may have that is folded at once. */
const TIMES_AT_ONCE = 10;

export type Page = {
  /** groups that are left out */
  readonly resting: readonly bigint[];
  /** default: as many as a page takes */
  readonly most?: number | undefined;
  /** is told the groups before they are folded; none: no others wait */
  readonly onPage: (ids: readonly bigint[]) => void;
};

/** Folds those groups that have waited longest, a page of them. */
export async function foldSome(work: Work, { resting, most = MOST, onPage }: Page): Promise<readonly CallGroup[]> {
  const { sql, kept, deriving } = work;
  const ids = await longestWaiting(sql, resting, most);
  const there = await kept.groups.withIds(work, ids);
  const page = portionOf(there, TIMES_AT_ONCE * deriving.foldedAtOnce);
  onPage(page.length === 0 ? ids : page.map(({ id }) => id));
  if (ids.length === 0) kept.mayFold = false;
  await bringFacts(work, page);
  kept.isAhead = true;
  await write(work, batchOf([]), { now: page, later: [] });
  const found = new Set(there.map(({ id }) => id));
  // erased meanwhile, or gone into another one by a program that knows nothing of this
  await waitNoMore(
    sql,
    ids.filter((id) => !found.has(id)),
  );
  return page;
}

/** At least one. */
function portionOf(groups: readonly CallGroup[], facts: number): readonly CallGroup[] {
  let sum = 0;
  return groups.filter(({ size }, at) => {
    sum += size;
    return at === 0 || sum <= facts;
  });
}
