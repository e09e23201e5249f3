import { logSizes, openPostgresLog, packLog, shrinkLog } from '../../adapters/eventstore/index.ts';
import { loadConfig } from '../../config.ts';
import { CommslogError } from '../../errors.ts';
import { bytesInWords } from '../../health/index.ts';
import { systemClock } from '../../ports/clock.ts';
import { withDatabase } from '../opening/database.ts';
import { commandLogger } from '../opening/logger.ts';
import { inform, print } from '../text/print.ts';
import { stepProgress } from '../text/stepProgress.ts';

export type PackLogCommandOptions = { readonly days?: number; readonly shrink: boolean };

/**
 * `commslog pack-log [--days N] [--shrink]`: packs what is due of a log in PostgreSQL now, as `serve` does by itself; with
 * `--shrink` the room that becomes free goes back to the disk. After Ctrl-C the same command goes on.
 * Errors: `CONFIG_INVALID`, those of the log.
 */
export async function packLogCommand({ days: wanted, shrink }: PackLogCommandOptions): Promise<void> {
  const config = loadConfig(process.env);
  if (config.EVENTSTORE_URL !== undefined)
    throw new CommslogError('CONFIG_INVALID', 'The log is in EventStoreDB; only a log in PostgreSQL is packed.');
  const days = wanted ?? config.PACK_AFTER_DAYS;
  if (days === 0)
    throw new CommslogError('CONFIG_INVALID', 'PACK_AFTER_DAYS is 0: say by --days how old what is packed has to be.');
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  await withDatabase(config, async (url) => {
    // brings its tables up to date
    await (await openPostgresLog({ url, logger: commandLogger(config) })).close();
    const before = await logSizes(url);
    const tell = stepProgress();
    const onProgress = (events: number) => tell({ step: 'packing', events });
    const events = await packLog(url, { days, clock: systemClock, onProgress, signal: stop.signal });
    if (shrink && !stop.signal.aborted) await shrinkLog(url);
    const after = await logSizes(url);
    print(`${events} events were packed, which take ${bytesInWords(after.packs - before.packs)} now.`);
    print(
      `The log takes ${bytesInWords(after.events + after.packs)}; before it took ${bytesInWords(before.events + before.packs)}.`,
    );
    if (stop.signal.aborted) inform('interrupted: the same command goes on');
    else if (!shrink) inform('What they took is free for new events; `--shrink` gives it back to the disk.');
  });
}
