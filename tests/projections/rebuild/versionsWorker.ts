// A server that makes the read model and builds and follows its versions, in a process of its own, to be killed and frozen.
// As a holder of leases it is called by its process id.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import pino from 'pino';
import { z } from 'zod';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { keepLeases } from '../../../src/adapters/postgres/index.ts';
import { defaultRules } from '../../../src/domain/rules.ts';
import { systemClock as clock } from '../../../src/ports/clock.ts';
import { createPool } from '../../../src/postgres.ts';
import { controlDb, migrate, runVersions, UPKEEP, untilVersion } from '../../../src/projections/index.ts';

// nobody is left to kill it
process.once('disconnect', () => process.exit());

const [work] = await once(process, 'message');
const { url } = z.object({ url: z.string() }).parse(work);
const logger = pino({ level: 'silent' });
const leases = keepLeases(url, { server: { id: randomUUID(), name: `${process.pid}` }, logger });
const pool = createPool(url);
const db = controlDb(pool);
await migrate(db);
const log = await openPostgresLog({ url, logger });
const { signal } = new AbortController();
const upkeep = leases.want(UPKEEP);
const versions = { db, leases, upkeep, log, logger, clock, signal };
await untilVersion({ ...versions, rules: defaultRules('GR'), rulesSource: 'default' });
process.send?.('there is a version');
await runVersions({ ...versions, pool });
