import type { PbxState } from '../ports/pbxSource.ts';
import type { WriteRight } from '../ports/writeRight.ts';
import type { QueueState } from './frameQueue.ts';
import type { LogState } from './logAppender.ts';

type RightState = ReturnType<WriteRight['state']>;

/** How it is with a PBX and with what it says, for people. */
export function detailOf({ detail }: PbxState, right: RightState, log: LogState, queue: QueueState): string {
  const trouble = troubleOf(right, log);
  if (trouble === null) return detail;
  return queue.isFull
    ? `${detail} ${trouble} and the memory for what waits is full: the PBX is not read any more, and may cut us off.`
    : `${detail} ${trouble}: ${queue.frames} messages wait in memory.`;
}

function troubleOf(right: RightState, log: LogState): string | null {
  if (right === 'taken') return 'Another `commslog serve` uses this database';
  if (right === 'lost') return 'The lock that keeps a second `commslog serve` away is not held';
  if (log.state === 'available') return null;
  if (log.state === 'away') return 'The log of events is away';
  if (log.lastError === 'LOG_ACCESS_DENIED') return 'The log of events refuses access';
  return `The log of events cannot store before somebody acts (${log.lastError})`;
}
