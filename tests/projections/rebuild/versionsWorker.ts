// Builds and follows the versions of a database in a process of its own, to be killed.
import { once } from 'node:events';
import pino from 'pino';
import { z } from 'zod';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { createPool } from '../../../src/postgres.ts';
import { controlDb, runVersions } from '../../../src/projections/index.ts';

// nobody is left to kill it
process.once('disconnect', () => process.exit());

const [work] = await once(process, 'message');
const { url } = z.object({ url: z.string() }).parse(work);
const logger = pino({ level: 'silent' });
const pool = createPool(url);
const log = await openPostgresLog({ url, logger });
const signal = new AbortController().signal;
await runVersions({ db: controlDb(pool), pool, url, log, logger, clock: systemClock, signal });
