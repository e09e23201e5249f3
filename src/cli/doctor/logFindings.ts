import { lookAtCluster, namesCluster, openEventStoreDb } from '../../adapters/eventstore/index.ts';
import type { Config } from '../../config.ts';
import { within } from '../../deadline.ts';
import { CommslogError } from '../../errors.ts';
import { createLogger } from '../opening/logger.ts';
import { clusterFindings } from './clusterFindings.ts';
import { type Finding, failure } from './finding.ts';

const LOG_ANSWER_MS = 10_000;

/** Whether the log answers, and of a cluster what its nodes tell. */
export async function logFindings(config: Pick<Config, 'EVENTSTORE_URL'>): Promise<readonly Finding[]> {
  const url = config.EVENTSTORE_URL;
  if (url === undefined) return [{ level: 'ok', what: 'the log is kept in PostgreSQL' }];
  try {
    const end = await endOf(url);
    return [{ level: 'ok', what: `EventStoreDB answers (the log ends at ${end})` }, ...(await ofCluster(url))];
  } catch (error) {
    const advice = 'check EVENTSTORE_URL, that the server runs, TLS, user and its right to read $all';
    const isWrong = error instanceof CommslogError && error.code === 'CONFIG_INVALID';
    return [failure('EventStoreDB', error, advice), ...(isWrong ? [] : await ofCluster(url))];
  }
}

async function endOf(url: string): Promise<bigint> {
  const log = await openEventStoreDb({ url, logger: createLogger('silent') });
  try {
    return await within(LOG_ANSWER_MS, log.head(), () => {
      throw new CommslogError('LOG_UNAVAILABLE', `no answer within ${LOG_ANSWER_MS} ms`);
    });
  } finally {
    await log.close();
  }
}

async function ofCluster(url: string): Promise<readonly Finding[]> {
  return [...clusterFindings(await lookAtCluster(url), namesCluster(url))];
}
