import { createPool } from '../../../src/postgres.ts';
import { controlDb } from '../../../src/projections/index.ts';
import { activeVersion } from '../../../src/projections/tables/versions.ts';
import { assertAgreesWithLog, storedTables } from '../../projections/support/agreement.ts';
import { toFold } from '../../projections/support/readModel.ts';
import { comes } from '../asking.ts';
import { isNear, toldGaps } from '../gaps.ts';
import type { Installation } from './installation.ts';

const WITHIN_MS = 60_000;

/** What became of all frames that the PBX said since the beginning. */
export type FrameVerdict = {
  readonly frames: number;
  /** neither in the log nor in a gap that is told */
  readonly lost: readonly number[];
  /** more than once in the log */
  readonly doubled: readonly number[];
  /** surely read by somebody, and not in the log: they lie in a gap that is told */
  readonly setAside: number;
};

/** Compares the frames that the PBX has said until now with the log, by their numbers; waits for the last ones. */
export async function framesVerdict(installation: Installation): Promise<FrameVerdict> {
  const until = Date.now();
  const isThere = async () => (await compare(installation, until)).lost.length === 0;
  await comes('every frame', WITHIN_MS, isThere).catch(() => undefined);
  return compare(installation, until);
}

async function compare(installation: Installation, until: number): Promise<FrameVerdict> {
  const { pbx, watch, heardSince } = installation;
  const gaps = await toldGaps(installation);
  const all = pbx.saidAt.map((at, before) => ({ at, number: before + 1 }));
  const said = all.filter(({ at }) => at > heardSince && at <= until);
  const times = (number: number) => watch.times.get(number) ?? 0;
  const missing = said.filter(({ number }) => times(number) === 0);
  const heard = pbx.surelyHeard();
  return {
    frames: said.length,
    lost: missing.filter(({ at }) => !isNear(gaps, at, at)).map(({ number }) => number),
    doubled: [...watch.times].filter(([, count]) => count > 1).map(([number]) => number),
    setAside: missing.filter(({ at, number }) => heard.has(number) && isNear(gaps, at, at)).length,
  };
}

/** What must not be, in words. */
export function wrongIn({ lost, doubled }: FrameVerdict): readonly string[] {
  const told = (what: string, frames: readonly number[]) =>
    frames.length === 0 ? [] : [`${frames.length} frames ${what}, the first has the number ${frames[0]}`];
  return [...told('are lost', lost), ...told('stand twice in the log', doubled)];
}

/** Waits until all is projected, and compares every row with the fold of the log. Errors: they differ. */
export async function rowsAreTheFold({ postgres, watch: { log } }: Installation): Promise<void> {
  const pool = createPool(postgres.url, { max: 2 });
  try {
    const version = await activeVersion(controlDb(pool));
    if (version === null) throw new Error('no version is served');
    const isProjected = async () => (await storedTables(pool, version.schema)).position >= (await log.head());
    await comes('all is projected', WITHIN_MS, isProjected);
    await comes('all calls are folded', WITHIN_MS, async () => !(await toFold({ pool, version })));
    await assertAgreesWithLog({ pool, log, version });
  } finally {
    await pool.end();
  }
}
