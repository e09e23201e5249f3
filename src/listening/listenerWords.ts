import type { PbxState } from '../ports/pbxSource.ts';
import type { WriteRight } from '../ports/writeRight.ts';
import type { JournalState } from './journal/journal.ts';
import type { LogState } from './logAppender.ts';

type RightState = ReturnType<WriteRight['state']>;

/** How it is with a PBX and with what it says, for people. */
export function detailOf({ detail }: PbxState, right: RightState, log: LogState, journal: JournalState): string {
  if (journal.failing !== null)
    return `${detail} The disk does not take the journal (${journal.failing}): the PBX is not read, and may cut us off.`;
  const trouble = troubleOf(right, log);
  if (journal.isFull) return `${detail} ${trouble ?? ''} The journal is full: the PBX is not read, and may cut us off.`;
  return trouble === null ? detail : `${detail} ${trouble}: ${inWords(journal.bytes)} wait in the journal.`;
}

function inWords(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function troubleOf(right: RightState, log: LogState): string | null {
  if (right === 'taken') return 'Another `commslog serve` uses this database';
  if (right === 'lost') return 'The lock that keeps a second `commslog serve` away is not held';
  if (log.state === 'available') return null;
  if (log.state === 'away') return 'The log of events is away';
  if (log.lastError === 'LOG_ACCESS_DENIED') return 'The log of events refuses access';
  return `The log of events cannot store before somebody acts (${log.lastError})`;
}
