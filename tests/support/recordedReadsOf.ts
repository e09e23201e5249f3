import { readFileSync } from 'node:fs';
import { recordedReads } from '../../src/adapters/ami/recordings/recordingTimes.ts';
import type { Micros } from '../../src/domain/time.ts';

/** The reads of a recording that has a timing file: what the socket gave, and when. */
export async function recordedReadsOf(file: string): Promise<{ bytes: Buffer; at: Micros }[]> {
  const transcript = readFileSync(file);
  const reads: { bytes: Buffer; at: Micros }[] = [];
  let from = 0;
  for await (const { end, at } of recordedReads(file)) {
    if (at !== null) reads.push({ bytes: transcript.subarray(from, end), at });
    from = end;
  }
  return reads;
}
