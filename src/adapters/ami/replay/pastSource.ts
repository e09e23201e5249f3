import type { Micros } from '../../../domain/time.ts';
import { systemClock } from '../../../ports/clock.ts';
import type { Frame, PbxSource, SourceItem } from '../../../ports/pbxSource.ts';
import { Framer } from '../wire/framing.ts';
import { readReplay } from './replayRecording.ts';
import { ReplayIds } from './replayShift.ts';

/** A recorded call (with its timing file), and when in the past it shall have been. */
export type PastCall = { readonly recording: string; readonly startsAt: Micros };

/**
 * Calls of the past as if the PBX had been heard from the first of them until now: each recording under ids of its own,
 * moved to its time. They are told one after the other, so they should not overlap. Errors: `RECORDING_UNREADABLE`.
 */
export function pastSource({ pbx, calls }: { readonly pbx: string; readonly calls: readonly PastCall[] }): PbxSource {
  return sourceOfPast(pbx, (signal) => items(calls, signal));
}

/** A source that tells what was said in the past, and is connected as long as it does. */
export function sourceOfPast(pbx: string, items: PbxSource['items']): PbxSource {
  const since = systemClock.now();
  return {
    pbx,
    items,
    state: () => ({
      pbx,
      state: 'connected',
      detail: 'tells calls of the past',
      since,
      lastHeardAt: null,
      delayMs: null,
      account: null,
      lastError: null,
      reconnects: 0,
      counts: {},
    }),
  };
}

async function* items(calls: readonly PastCall[], signal: AbortSignal): AsyncGenerator<SourceItem> {
  const inOrder = [...calls].sort((a, b) => a.startsAt - b.startsAt);
  const [first] = inOrder;
  if (first === undefined) return;
  yield { kind: 'connected', at: first.startsAt, amiVersion: null, clockOffsetMs: null };
  for (const [index, call] of inOrder.entries()) {
    for await (const item of itemsOf(call, index)) {
      if (signal.aborted) return;
      yield item;
    }
  }
  const until = systemClock.now();
  yield { kind: 'disconnected', at: until, lastHeardAt: until, reason: 'STOPPED', pbxWentDown: false };
}

async function* itemsOf({ recording, startsAt }: PastCall, index: number): AsyncGenerator<SourceItem> {
  const reads = await readReplay(recording);
  const firstAt = reads[0]?.at ?? startsAt;
  // whole seconds, because ids hold no less
  const seconds = Math.round((startsAt - firstAt) / 1_000_000);
  const ids = new ReplayIds(reads);
  const shift = { seconds, idCounter: 0, channelCounter: 0, bridgeMask: Math.imul(index + 1, 0x9e3779b1) >>> 0 };
  let frames: Frame[] = [];
  const framer = new Framer({ onBanner: () => {}, onResponse: () => {}, onFrame: (frame) => frames.push(frame) });
  for (const { at, text } of reads) {
    framer.push(Buffer.from(ids.shift(text, shift), 'latin1'));
    if (frames.length === 0) continue;
    yield { kind: 'frames', at: (at + seconds * 1_000_000) as Micros, saidAfter: null, frames };
    frames = [];
  }
}
