// A process that imports a Master.csv and tells what it took: importer.ts LOG_URL FILE PBX
import { openCallRecords } from '../../src/adapters/cdr/index.ts';
import { openEventStoreDb, openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { keepHeapSmall } from '../../src/cli/opening/smallHeap.ts';
import { importRecords } from '../../src/importing/index.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { seconds } from '../timing.ts';

export type Imported = { readonly seconds: number; readonly maxMiB: number };

keepHeapSmall();
const [, , url = '', file = '', pbx = ''] = process.argv;
const log = await (url.startsWith('esdb') ? openEventStoreDb : openPostgresLog)({ url });
const source = await openCallRecords(file);
const took = await seconds(async () => {
  const progress = importRecords({
    log,
    source,
    pbx,
    zone: 'Europe/Athens',
    since: null,
    until: null,
    after: null,
    clock: systemClock,
    app: 'bench',
    signal: new AbortController().signal,
  });
  for await (const _ of progress);
});
await log.close();
const told: Imported = { seconds: took, maxMiB: process.resourceUsage().maxRSS / 1024 };
process.send?.(told);
process.disconnect();
