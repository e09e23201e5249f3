import type { Logger } from 'pino';
import { openEventStoreDb, openPostgresLog } from '../../adapters/eventstore/index.ts';
import { CommslogError } from '../../errors.ts';
import { copyLog } from '../../log/copyLog.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import { createLogger } from '../opening/logger.ts';
import { inform } from '../text/print.ts';
import { stepProgress } from '../text/stepProgress.ts';

export type CopyLogOptions = { readonly from: string; readonly to: string };

/**
 * `commslog copy-log --from URL --to URL`: copies a log between stores and compares both at the end; run again, it goes
 * on. Errors: `CONFIG_INVALID`, `LOG_IS_ANOTHER`, `LOG_DIFFERS`, those of the stores.
 */
export async function copyLogCommand({ from, to }: CopyLogOptions): Promise<void> {
  const logger = createLogger('warn');
  const source = await open('--from', from, logger);
  try {
    const target = await open('--to', to, logger, await source.logId());
    try {
      const events = await copyLog(source, target, stepProgress());
      inform(
        `${events} events are the same in both logs. The copy has the id ${await target.logId()}; read models are built anew from it.`,
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** The URL holds a password, so no error repeats it. */
function open(option: string, url: string, logger: Logger, copiedFrom?: string): Promise<EventStore> {
  const options = { url, logger, ...(copiedFrom === undefined ? {} : { copiedFrom }) };
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgresLog(options);
  if (/^esdb(\+discover)?:\/\//.test(url)) return openEventStoreDb(options);
  throw new CommslogError('CONFIG_INVALID', `${option} must be a URL that begins with postgres:// or esdb://`);
}
