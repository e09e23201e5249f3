import { systemClock } from '../../../ports/clock.ts';
import { createPlayingServer, type PlayingServer, type PlayingServerOptions } from './playingServer.ts';
import { type PlayerOptions, ReplayPlayer } from './replayPlayer.ts';
import { readReplay } from './replayRecording.ts';

export type ReplayServerOptions = PlayerOptions &
  PlayingServerOptions & {
    /** transcripts (`.txt`, `.txt.gz`) with their timing files beside them */
    readonly recordings: readonly string[];
  };

export type ReplayServer = PlayingServer & {
  /** replays that have come to their end */
  played(): number;
};

/**
 * A PBX made of recordings: sends what was recorded, read by read, to every client that has logged in.
 * Errors: `RECORDING_UNREADABLE`.
 */
export async function createReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
  const { clock = systemClock, recordings } = options;
  const player = new ReplayPlayer(options, await Promise.all(recordings.map(readReplay)), clock);
  const server = await createPlayingServer(options, (audience, signal) => player.play(audience, signal));
  return { ...server, played: () => player.played() };
}
