import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Bytes of what can still be reached. */
export async function keptMemory(): Promise<number> {
  if (typeof collect !== 'function') throw new Error('this engine does not collect when it is told to');
  // what has settled is told first
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return process.memoryUsage().heapUsed;
}
