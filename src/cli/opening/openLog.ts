import type { Logger } from 'pino';
import { openEventStoreDb, openPostgresLog } from '../../adapters/eventstore/index.ts';
import type { Config } from '../../config.ts';
import type { EventStore } from '../../ports/eventStore.ts';

/** The log that is configured: EVENTSTORE_URL, else in the database of the read model. Errors: those of opening it. */
export function openLog(
  config: Pick<Config, 'EVENTSTORE_URL'>,
  databaseUrl: string,
  logger: Logger,
): Promise<EventStore> {
  return config.EVENTSTORE_URL === undefined
    ? openPostgresLog({ url: databaseUrl, logger })
    : openEventStoreDb({ url: config.EVENTSTORE_URL, logger });
}
