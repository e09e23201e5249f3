import pino from 'pino';
import type * as Builds from '../../src/cli/opening/buildInProcess.ts';
import { derivationOf } from '../../src/domain/derivation.ts';
import { defaultRules, type Rules } from '../../src/domain/rules.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import { createPool } from '../../src/postgres.ts';
import { controlDb, migrate } from '../../src/projections/index.ts';
import { createVersion } from '../../src/projections/tables/createVersion.ts';
import { seconds } from '../timing.ts';

// built, as it is shipped: from its source the process takes seconds to start
const BUILT = new URL('../../dist/cli/opening/buildInProcess.js', import.meta.url);
const { buildInProcess }: typeof Builds = await import(BUILT.href);

/** Seconds that a new version takes until it is ready, in a process of its own as the product builds it. */
export async function buildVersion(
  url: string,
  log: EventStore,
  number: number,
  { rules = defaultRules('GR'), eventStoreUrl }: { readonly rules?: Rules; readonly eventStoreUrl?: string } = {},
): Promise<number> {
  const pool = createPool(url);
  const db = controlDb(pool);
  await migrate(db);
  const derivation = derivationOf(rules);
  await createVersion(db, number, { logId: await log.logId(), rules, derivation });
  await pool.end();
  const version = { version: number, schema: `read_v${number}`, derivation, rules };
  const logger = pino({ level: 'silent' });
  const inProcess = buildInProcess({ config: { EVENTSTORE_URL: eventStoreUrl }, url, logger });
  return seconds(() => inProcess(version, new AbortController().signal));
}
