import { createActedServer, liveSource } from '../../adapters/ami/index.ts';
import type { CurrentCall } from '../../domain/entry.ts';
import type { Micros } from '../../domain/time.ts';
import { systemClock } from '../../ports/clock.ts';
import { demoCompany, demoCustomers } from '../demo/company.ts';
import { LiveCalls } from '../demo/liveCalls.ts';
import { seedHistory } from '../demo/seed.ts';
import { type Listening, type ListeningDeps, listen, openJournal } from './listening.ts';
import type { Run } from './run.ts';

const DEMO_PBX = 'demo';
const LONG_AGO = 0 as Micros;
const CREDENTIALS = { username: 'demo', secret: 'demo' };

/** The last six weeks in a log that has none of it, then a PBX that acts calls out and is listened to as any other. */
export async function listenToDemo(
  run: Run,
  current: () => Promise<readonly CurrentCall[]>,
  deps: ListeningDeps,
): Promise<Listening> {
  const { logger, closing, stop } = run;
  await seedHistory({
    log: deps.log,
    pbx: DEMO_PBX,
    openJournal: () => openJournal(run, DEMO_PBX),
    logger,
    signal: stop.signal,
    now: systemClock.now(),
    // its office hours are those of who looks at it
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const calls = new LiveCalls(demoCompany(), demoCustomers(), systemClock.now());
  const pbx = await createActedServer({ credentials: CREDENTIALS, next: (after) => calls.next(after) });
  closing.add('demo PBX', () => pbx.close());
  const { host, port } = pbx;
  const source = liveSource({ pbx: DEMO_PBX, host, port, ...CREDENTIALS, clock: systemClock, logger });
  const listening = await listen(run, [source], deps);
  // a PBX that acts calls out forgets them when it stops
  listening.resume(current, LONG_AGO);
  return listening;
}
