import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ReadModelVersion } from '../../../src/projections/index.ts';

/** A process with a projector of each version, that waits to be told to go. */
export async function startWorker(url: string, versions: readonly ReadModelVersion[]): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('projectorWorker.ts', import.meta.url));
  const worker = fork(file, { execArgv: ['--import', 'tsx'] });
  worker.send({ url, versions });
  await once(worker, 'message');
  return worker;
}

/** Waits until the worker's first version has told that it has projected `position`. */
export async function workerReached(worker: ChildProcess, position: bigint): Promise<void> {
  const deadline = AbortSignal.timeout(20_000);
  for (let at = -1n; at < position; ) {
    const [told] = await once(worker, 'message', { signal: deadline });
    at = BigInt(told);
  }
}
