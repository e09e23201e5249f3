// A process that fills the log of a database with the demo's history, until it is killed.
import { pino } from 'pino';
import { z } from 'zod';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { seedHistory } from '../../../src/cli/demo/seed.ts';
import { Journal } from '../../../src/listening/index.ts';
import { systemClock } from '../../../src/ports/clock.ts';

const { url, folder, zone } = z.object({ url: z.string(), folder: z.string(), zone: z.string() }).parse(process.env);
const logger = pino({ level: 'silent' });
const log = await openPostgresLog({ url, logger });
const { signal } = new AbortController();
await seedHistory({
  log,
  pbx: 'demo',
  zone,
  now: systemClock.now(),
  logger,
  signal,
  openJournal: () => Journal.open({ folder, logger }),
});
await log.close();
