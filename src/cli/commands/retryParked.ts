import { shownRetry } from '../../http/index.ts';
import type { ParkedRetry, Rebuilds, RetryParked } from '../../ports/rebuilds.ts';
import { inform, print } from '../text/print.ts';
import { tableText } from '../text/tableText.ts';
import { lineOf } from './parked.ts';
import { withVersions } from './withVersions.ts';

/** `commslog parked retry`: projects parked events with the code of now; what fails again is told with its reason. */
export async function retryParked(
  positions: readonly bigint[],
  { version, json }: { readonly version?: number; readonly json: boolean },
): Promise<void> {
  const wanted = { version: version ?? null, positions: positions.length === 0 ? null : positions };
  const retry = await withVersions(({ rebuilds }) => retryAll(rebuilds, wanted));
  for (const event of retry.failed) inform(lineOf(event));
  const { folded, remaining } = retry;
  if (json) print(JSON.stringify(shownRetry(retry)));
  else print(tableText(['version', 'folded', 'still parked'], [[retry.version, folded, remaining].map(String)]));
  if (retry.failed.length > 0) process.exitCode = 1;
}

async function retryAll(rebuilds: Rebuilds, wanted: Omit<RetryParked, 'after'>): Promise<ParkedRetry> {
  let retry = await rebuilds.retryParked({ ...wanted, after: null });
  while (retry.next !== null) {
    const { folded, failed, version, remaining, next } = await rebuilds.retryParked({
      ...wanted,
      version: retry.version,
      after: retry.next,
    });
    retry = { version, folded: retry.folded + folded, failed: [...retry.failed, ...failed], remaining, next };
  }
  return retry;
}
