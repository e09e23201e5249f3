// Projectors in a process of their own, to be killed or stopped. It is told which versions in which database; when it is
// ready it says so, and waits to be told to go. Then it tells every position that the first version reaches.
import { once } from 'node:events';
import pino from 'pino';
import { z } from 'zod';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { rulesSchema } from '../../../src/domain/rules.ts';
import { systemClock as clock } from '../../../src/ports/clock.ts';
import { createPool } from '../../../src/postgres.ts';
import { followLog } from '../../../src/projections/index.ts';

const workSchema = z.object({
  url: z.string(),
  versions: z.array(z.object({ version: z.int(), schema: z.string(), derivation: z.string(), rules: rulesSchema })),
});

// nobody is left to kill it
process.once('disconnect', () => process.exit());

const logger = pino({ level: 'silent' });
const [work] = await once(process, 'message');
const { url, versions } = workSchema.parse(work);
const log = await openPostgresLog({ url, logger });
const pool = createPool(url, { max: versions.length });
process.send?.('ready');

await once(process, 'message');
const signal = new AbortController().signal;
await Promise.all(
  versions.map((version, at) => {
    const tell = at === 0 ? { onProgress: (position: bigint) => process.send?.(`${position}`) } : {};
    return followLog({ version, pool, log, logger, clock, signal, ...tell });
  }),
);
