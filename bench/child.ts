import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The next message of a process of the benchmark; rejects when it ends first. */
export async function messageOf(child: ChildProcess): Promise<unknown> {
  const failed = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`a process of the benchmark ended: ${code}`)),
  );
  const [message] = await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => {});
  return message;
}
