import type pg from 'pg';
import { type KeptEmbedded, shownEmbedded } from '../../adapters/postgres/index.ts';
import { within } from '../../deadline.ts';
import type { HealthChecks, HealthReport } from '../../http/index.ts';
import type { ListenerState } from '../../listening/index.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { PbxState } from '../../ports/pbxSource.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Rebuilds, Waiting } from '../../ports/rebuilds.ts';
import type { RefusedFacts, RefusedState } from '../../ports/refusedFacts.ts';
import type { WriteRight } from '../../ports/writeRight.ts';

type Check = HealthChecks[string];

/** How a PBX is, and whether what it says is stored. */
type PbxStored = PbxState & Partial<Pick<ListenerState, 'log'>>;

const ANSWER_MS = 2_000;
/** A read model that does not reach the log's end within this time is behind; it still serves. */
const CATCH_UP_MS = 1_000;

const LOCK: Readonly<Record<ReturnType<WriteRight['state']>, Check>> = {
  held: { status: 'pass', detail: 'is held: no other `serve` stores what the PBX says' },
  lost: { status: 'fail', detail: 'is lost; what the PBX says waits in the journal until it is held again' },
  taken: {
    status: 'fail',
    detail: 'another `serve` has it; what the PBX says waits in the journal: stop one of the two',
  },
};

/** What `/readyz` says. A PBX that is away is a warning: the log can still be read. What waits is told beside it. */
export async function health({
  pool,
  embedded,
  lock,
  log,
  readModel,
  rebuilds,
  refusedFacts,
  pbxStates,
}: {
  readonly pool: pg.Pool;
  /** null: the database of DATABASE_URL */
  readonly embedded: Pick<KeptEmbedded, 'state'> | null;
  readonly lock: Pick<WriteRight, 'state'>;
  readonly log: EventStore;
  readonly readModel: ReadModel;
  readonly rebuilds: Pick<Rebuilds, 'waiting'>;
  readonly refusedFacts: Pick<RefusedFacts, 'state'>;
  readonly pbxStates: () => readonly PbxStored[];
}): Promise<HealthReport> {
  const head = inTime(log.head());
  const waits = inTime(rebuilds.waiting()).catch(() => null);
  const [database, logCheck, projection, waiting] = await Promise.all([
    databaseCheck(pool, embedded),
    check(head, 'answers', 'does not answer; what the PBX says waits in the journal'),
    projectionCheck(head, readModel, waits),
    waits,
  ]);
  const pbxs = pbxStates().map((state): [string, Check] => [`pbx ${state.pbx}`, pbxCheck(state)]);
  const refused = refusedCheck(refusedFacts.state());
  const checks = {
    database,
    lock: LOCK[lock.state()],
    log: logCheck,
    projection,
    ...refused,
    ...Object.fromEntries(pbxs),
  };
  return { checks, waiting };
}

async function databaseCheck(pool: pg.Pool, embedded: Pick<KeptEmbedded, 'state'> | null): Promise<Check> {
  const state = embedded?.state() ?? { state: 'running' };
  if (state.state !== 'running') return { status: 'fail', detail: shownEmbedded(state) };
  return await check(inTime(pool.query('select 1')), 'answers', 'does not answer');
}

async function projectionCheck(
  head: Promise<bigint | undefined>,
  readModel: ReadModel,
  waits: Promise<Waiting | null>,
): Promise<Check> {
  try {
    const status = await inTime(readModel.status());
    const stuck = (await waits)?.stuck.find(({ version }) => version === status.version);
    if (stuck) return { status: 'fail', detail: `version ${stuck.version} does not go on: ${stuck.error}` };
    const end = (await head.catch(() => undefined)) ?? status.position;
    if (status.parked > 0) return { status: 'warn', detail: `${status.parked} events could not be projected` };
    const current = await readModel.caughtUp(end, AbortSignal.timeout(CATCH_UP_MS));
    return current
      ? { status: 'pass', detail: `version ${status.version} follows the log` }
      : { status: 'warn', detail: `version ${status.version} is still catching up with the log` };
  } catch {
    return { status: 'fail', detail: 'there is no read model to serve yet, or its database does not answer' };
  }
}

function pbxCheck({ state, log, detail }: PbxStored): Check {
  const isStored = state === 'connected' && log?.state !== 'away' && log?.state !== 'denied';
  return { status: isStored ? 'pass' : 'warn', detail };
}

/** What the log has refused is no reason to send readers away. */
function refusedCheck({ kept, lost }: RefusedState): HealthChecks {
  if (kept + lost === 0) return {};
  const how =
    `the log has refused ${kept}, which are kept: ` +
    '`commslog refused` says why, `commslog refused append` appends them again';
  const gone = lost === 0 ? '' : `; ${lost} more could not be kept and are lost`;
  return { 'refused facts': { status: 'warn', detail: `${how}${gone}` } };
}

async function check(work: Promise<unknown>, good: string, bad: string): Promise<Check> {
  try {
    return (await work) === undefined ? { status: 'fail', detail: bad } : { status: 'pass', detail: good };
  } catch {
    return { status: 'fail', detail: bad };
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return within(ANSWER_MS, work, () => {
    throw new Error(`no answer within ${ANSWER_MS} ms`);
  });
}
