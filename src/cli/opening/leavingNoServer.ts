import { constants } from 'node:os';
import { endAllAtOnce } from '../../adapters/postgres/index.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * What `work` gives, which starts a PostgreSQL of its own. A signal that the work does not hear itself, or not any more,
 * ends that server before it ends the process.
 */
export async function leavingNoServer<T>(work: () => Promise<T>): Promise<T> {
  const leave = (signal: (typeof SIGNALS)[number]) => {
    if (process.listenerCount(signal) > 1) return;
    void endAllAtOnce().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, leave);
  }
}
