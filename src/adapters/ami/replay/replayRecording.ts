import type { Micros } from '../../../domain/time.ts';
import { bytesOf, unreadable } from '../recordings/recordingFile.ts';
import { recordedReads } from '../recordings/recordingTimes.ts';
import { ACTION_ID_PREFIX } from '../wire/actionId.ts';

/** The events that one read of the socket completed, as they stood on the wire; bytes as Latin-1, so none is lost. */
export type ReplayRead = { readonly at: Micros; readonly text: string };

/** A recording is held in memory while it is replayed. */
export const MAX_REPLAY_BYTES = 64 * 1024 * 1024;

const FRAME_END = '\r\n\r\n';
const ASKED = `\r\nActionID: ${ACTION_ID_PREFIX}`;

/**
 * The events of a recording with their times. Its banner and the answers that its own listener got are left out: who
 * replays it greets and answers by itself. Errors: `RECORDING_UNREADABLE`, also when it has no timing file.
 */
export async function readReplay(file: string): Promise<readonly ReplayRead[]> {
  const text = await textOf(file);
  const reads: ReplayRead[] = [];
  let from = text.indexOf('\n') + 1;
  for await (const { end, at } of recordedReads(file)) {
    let events = '';
    for (let to = frameEnd(text, from); to >= 0 && to <= end; to = frameEnd(text, from)) {
      const frame = text.slice(from, to);
      if (!frame.startsWith('Response:') && !frame.includes(ASKED)) events += frame;
      from = to;
    }
    if (events !== '' && at !== null) reads.push({ at, text: events });
  }
  if (reads.length === 0) throw unreadable(file, 'a replay needs events, and the timing file beside them');
  return reads;
}

function frameEnd(text: string, from: number): number {
  const end = text.indexOf(FRAME_END, from);
  return end < 0 ? -1 : end + FRAME_END.length;
}

async function textOf(file: string): Promise<string> {
  const parts: string[] = [];
  let bytes = 0;
  for await (const part of bytesOf(file)) {
    bytes += part.length;
    if (bytes > MAX_REPLAY_BYTES) throw unreadable(file, `it has more than ${MAX_REPLAY_BYTES} bytes`);
    parts.push(part.toString('latin1'));
  }
  return parts.join('');
}
