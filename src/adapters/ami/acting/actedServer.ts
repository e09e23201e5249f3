import type { Micros } from '../../../domain/time.ts';
import { systemClock } from '../../../ports/clock.ts';
import { pause } from '../../../retry.ts';
import { createPlayingServer, type PlayingServer, type PlayingServerOptions } from '../replay/playingServer.ts';
import type { Audience } from '../replay/replayPlayer.ts';
import { ActedPbx } from './actedPbx.ts';
import type { Scene } from './scene.ts';

export type ActedServerOptions = PlayingServerOptions & {
  /** the call that comes after this moment; its time is later */
  readonly next: (after: Micros) => Scene;
};

/** A PBX that acts out one call after the other for ever, several at once, from the first login on. */
export function createActedServer(options: ActedServerOptions): Promise<PlayingServer> {
  const { clock = systemClock, next } = options;
  return createPlayingServer(options, async (audience: Audience, signal: AbortSignal) => {
    const pbx = new ActedPbx();
    let upcoming = next(clock.now());
    while (!signal.aborted) {
      const goesOnAt = pbx.nextAt();
      const beginsNext = goesOnAt === null || upcoming.startsAt <= goesOnAt;
      await pause(((beginsNext ? upcoming.startsAt : goesOnAt) - clock.now()) / 1000, signal);
      if (signal.aborted) return;
      if (beginsNext) {
        pbx.begin(upcoming);
        upcoming = next(upcoming.startsAt);
      } else audience.send(asBytes(pbx.goOn()));
    }
  });
}

/** UTF-8, in the form in which a client is sent it. */
function asBytes(said: readonly { readonly text: string }[]): string {
  return Buffer.from(said.map(({ text }) => text).join('')).toString('latin1');
}
