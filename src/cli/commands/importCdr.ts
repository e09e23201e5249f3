import { openCallRecords } from '../../adapters/cdr/index.ts';
import { type Config, loadConfig } from '../../config.ts';
import { pbxIdSchema } from '../../domain/events.ts';
import { isTimeZone } from '../../domain/zone.ts';
import { CommslogError } from '../../errors.ts';
import { type ImportCounts, type ImportOptions, importRecords } from '../../importing/index.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { VERSION } from '../../version.ts';
import { withDatabase } from '../opening/database.ts';
import { isDemo } from '../opening/demoMode.ts';
import { commandLogger } from '../opening/logger.ts';
import { openLog } from '../opening/openLog.ts';
import { keepHeapSmall } from '../opening/smallHeap.ts';
import { inform } from '../text/print.ts';
import { importBookmark } from './importBookmark.ts';
import { timeOption } from './logCommand.ts';

export type ImportCdrOptions = {
  readonly pbx?: string;
  readonly timezone?: string;
  readonly since?: string;
  readonly until?: string;
  readonly dryRun: boolean;
};

const TELL_EVERY_MS = 1_000;

/**
 * `commslog import cdr [SOURCE]`: stores the call records of a PBX that are not in the log yet. After Ctrl-C or a failure
 * the same command goes on. Errors: `CONFIG_INVALID`, `CDR_TIME_ZONE_WRONG`, those of the source and of the log.
 */
export async function importCdr(given: string | undefined, options: ImportCdrOptions): Promise<void> {
  keepHeapSmall();
  const config = loadConfig(process.env);
  if (isDemo(config)) throw invalid('nothing is configured: set DATABASE_URL, a PBX, or DEMO=off');
  const { pbx, source: url, zone } = whatToImport(config, given, options);
  const since = options.since === undefined ? null : timeOption('--since', options.since);
  const until = options.until === undefined ? null : timeOption('--until', options.until);
  if (since !== null && until !== null && since >= until) throw invalid('--until must be after --since');
  const bookmark = importBookmark(config, { pbx, url, zone, since, until });
  const stop = new AbortController();
  const { signal } = stop;
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const what = { pbx, zone, since, until, clock: systemClock, app: VERSION, signal };
  const source = await openCallRecords(url);
  try {
    if (options.dryRun) await run({ ...what, source, after: null, log: null }, () => {});
    else {
      const after = bookmark.read();
      if (after !== null) inform('going on where the last run was interrupted');
      await onLog(config, (log) => run({ ...what, source, after, log }, bookmark.write));
      if (!signal.aborted) bookmark.clear();
    }
  } finally {
    await source.close();
  }
  if (signal.aborted) process.exitCode = 1;
}

async function run(options: ImportOptions, reached: (key: string) => void): Promise<void> {
  const tell = teller();
  for await (const { counts, key } of importRecords(options)) {
    reached(key);
    tell(counts);
  }
  tell.end(options.log === null, options.signal.aborted);
}

function onLog(config: Config, work: (log: EventStore) => Promise<void>): Promise<void> {
  return withDatabase(config, async (databaseUrl) => {
    const log = await openLog(config, databaseUrl, commandLogger(config));
    try {
      await work(log);
    } finally {
      await log.close();
    }
  });
}

/** The options win over what is configured for the PBX. */
function whatToImport(config: Config, given: string | undefined, options: ImportCdrOptions) {
  const [only, another] = config.pbxs;
  if (options.pbx === undefined && another) throw invalid('several PBXs are configured: name one with --pbx');
  const parsed = pbxIdSchema.safeParse(options.pbx ?? only?.id ?? config.PBX_ID);
  if (!parsed.success) throw invalid('--pbx must be one to 32 of a–z, 0–9 and _');
  const pbx = parsed.data;
  const configured = config.pbxs.find(({ id }) => id === pbx);
  const ofEnvironment = pbx === config.PBX_ID ? config : undefined;
  const source = given ?? configured?.cdrDatabaseUrl ?? ofEnvironment?.CDR_DATABASE_URL;
  if (source === undefined) throw invalid('name a source, or set CDR_DATABASE_URL or `cdr_database_url` of the PBX');
  const zone = options.timezone ?? configured?.timezone ?? ofEnvironment?.AMI_TIMEZONE ?? 'UTC';
  if (!isTimeZone(zone)) throw invalid('--timezone must be an IANA time zone, such as Europe/Athens');
  return { pbx, source, zone };
}

function invalid(detail: string): CommslogError {
  return new CommslogError('CONFIG_INVALID', detail);
}

/** A line a second: a log file can hold that, too. */
function teller() {
  const begin = performance.now();
  let told = begin;
  let counts: ImportCounts | null = null;
  const tell = (now: ImportCounts) => {
    counts = now;
    if (performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    const rate = Math.round(now.read / ((told - begin) / 1000));
    inform(`${now.read} records read, ${now.stored} stored (${rate} records/s)`);
  };
  const end = (dryRun: boolean, interrupted: boolean) => {
    const { read = 0, stored = 0, known = 0, erased = 0, unreadable = 0, ambiguous = 0 } = counts ?? {};
    const what = dryRun ? '' : `; ${stored} stored, ${known} were there already`;
    inform(`${read} records read${what}`);
    if (erased > 0) inform(`${erased} belong to calls that were erased, and are left out`);
    if (unreadable > 0) inform(`${unreadable} name no channel or no time, and are left out`);
    if (ambiguous > 0) inform(`${ambiguous} began in an hour that comes twice; their calls say so`);
    if (interrupted) inform('interrupted: the same command goes on from here');
  };
  return Object.assign(tell, { end });
}
