import { systemClock } from '../../src/ports/clock.ts';
import type { PbxSource, SourceItem } from '../../src/ports/pbxSource.ts';

/** A source that gives these items, one after the other, and then ends; no socket, no waiting. */
export function saidSource(pbx: string, said: readonly SourceItem[]): PbxSource {
  return {
    pbx,
    async *items() {
      yield* said;
    },
    state: () => ({
      pbx,
      state: 'connected',
      detail: 'said',
      since: systemClock.now(),
      lastHeardAt: null,
      delayMs: null,
      account: null,
      lastError: null,
      reconnects: 0,
      counts: {},
    }),
  };
}
