import { sql } from 'kysely';
import { systemClock } from '../../ports/clock.ts';
import type { Waiting } from '../../ports/rebuilds.ts';
import { createPool } from '../../postgres.ts';
import { controlDb, placesToKnow, rulesDoubted, whatWaits } from '../../projections/index.ts';
import { whyRebuild } from '../text/whyRebuild.ts';
import { doubtFindings } from './doubtFindings.ts';
import type { Finding } from './finding.ts';
import { placeFindings } from './placeFindings.ts';

/** What waits for somebody to decide it, by what `serve` has left in the database, which is not changed by this. */
export async function waitingFindings(url: string): Promise<readonly Finding[]> {
  const pool = createPool(url, { max: 1 });
  try {
    const db = controlDb(pool);
    const { rows } = await sql<{ made: boolean }>`
      select to_regclass('commslog.read_model') is not null as made`.execute(db);
    if (rows[0]?.made !== true)
      return [{ level: 'ok', what: 'there is no call log in it yet; the first start makes it' }];
    const deps = { db, pool, clock: systemClock };
    return [
      ...findingsOf(await whatWaits(db)),
      ...placeFindings(await placesToKnow(deps)),
      ...doubtFindings(await rulesDoubted(deps)),
    ];
  } catch {
    return [
      {
        level: 'warn',
        what: 'what waits for a rebuild cannot be seen',
        advice: 'let `serve` of this version start once: it brings the database up to date',
      },
    ];
  } finally {
    await pool.end();
  }
}

function* findingsOf(waiting: Waiting): Generator<Finding> {
  const { rebuild, building, ready, parked, rematching, folding, foldingSeconds, stuck } = waiting;
  if (rebuild === null) yield { level: 'ok', what: 'no rebuild waits' };
  else {
    yield {
      level: 'warn',
      what: `a rebuild waits: ${whyRebuild(rebuild.reason)}`,
      advice: '`commslog rebuild` builds it beside the call log that is served, and shows what would change',
    };
  }
  for (const { version } of building) yield { level: 'ok', what: `version ${version} is being built` };
  for (const { version } of ready) {
    yield {
      level: 'warn',
      what: `version ${version} is built, but nobody has decided about it`,
      advice: `look at \`commslog diff ${version}\`, then \`commslog activate ${version}\` or \`commslog drop ${version}\``,
    };
  }
  for (const { version, error } of stuck) {
    yield {
      level: 'fail',
      what: `version ${version} does not go on: ${error}`,
      advice: 'mend it: the version then goes on by itself within half a minute',
    };
  }
  if (rematching > 0) {
    yield {
      level: 'ok',
      what: `the calls of ${rematching} numbers that are another customer's now are being matched again`,
    };
  }
  if (folding > 0) {
    yield {
      level: 'ok',
      what: `${folding} calls are to be folded anew; one has waited for it for ${Math.ceil(foldingSeconds)} s`,
    };
  }
  if (parked > 0) {
    yield {
      level: 'warn',
      what: `${parked} events could not be projected`,
      advice: '`commslog parked` names them, `commslog parked retry` tries them again',
    };
  }
}
