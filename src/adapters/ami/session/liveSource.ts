import type { Logger } from 'pino';
import { CommslogError } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PbxSource, SourceItem } from '../../../ports/pbxSource.ts';
import { createBackoff, pause } from '../../../retry.ts';
import { refusesConnections } from './connection.ts';
import { LiveState } from './liveState.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';

export type LiveSourceOptions = Omit<SessionOptions, 'timings'> & {
  readonly pbx: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timings?: Partial<Timings>;
};

/** The AMI event by which Asterisk says that it goes down (only to accounts of class `system`). */
const SHUTDOWN = 'Shutdown';

/**
 * A PBX over AMI: connects, logs in and reconnects for ever, until the signal aborts. While nobody asks for the next
 * item, little is read ahead (`READ_AHEAD_BYTES`) and then the socket is left alone.
 */
export function liveSource(options: LiveSourceOptions): PbxSource {
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const state = new LiveState(options.pbx, options.clock, options.logger);
  return {
    pbx: options.pbx,
    items: (signal) => items({ ...options, timings }, state, signal),
    state: () => state.read(),
  };
}

async function* items(options: SessionOptions, state: LiveState, signal: AbortSignal): AsyncGenerator<SourceItem> {
  const { timings } = options;
  const reconnect = createBackoff({ minMs: timings.reconnectMinMs, maxMs: timings.reconnectMaxMs });
  const afterRefusal = createBackoff({ minMs: timings.refusedMinMs, maxMs: timings.refusedMaxMs });
  while (!signal.aborted) {
    state.connecting();
    const session = await tryToOpen(options, signal);
    if (session instanceof CommslogError) {
      if (signal.aborted) break;
      state.failed(session);
      await pause((session.code === 'AMI_LOGIN_REFUSED' ? afterRefusal : reconnect).next(), signal);
      continue;
    }
    afterRefusal.reset();
    const connectedAt = performance.now();
    state.connected(session.conversation);
    try {
      yield* itemsOf(session, options, signal);
    } finally {
      session.close();
      state.disconnected();
    }
    const reason = session.conversation.lost();
    if (signal.aborted || reason === null) break;
    state.failed(reason);
    if (performance.now() - connectedAt >= timings.stableMs) reconnect.reset();
    await pause(reconnect.next(), signal);
  }
  state.stopped();
}

async function tryToOpen(options: SessionOptions, signal: AbortSignal): Promise<Session | CommslogError> {
  try {
    return await openSession(options, signal);
  } catch (error) {
    if (error instanceof CommslogError) return error;
    throw error;
  }
}

async function* itemsOf(
  { conversation, connectedAt, amiVersion, clockOffsetMs }: Session,
  options: SessionOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  yield { kind: 'connected', at: connectedAt, amiVersion, clockOffsetMs };
  let saidSo = false;
  for (let read = await conversation.next(); read !== null; read = await conversation.next()) {
    saidSo ||= read.frames.some((frame) => frame.event === SHUTDOWN);
    yield { kind: 'frames', at: read.at, saidAfter: null, frames: read.frames };
  }
  const at = options.clock.now();
  const reason = signal.aborted ? 'STOPPED' : (conversation.lost()?.code ?? 'AMI_CONNECTION_LOST');
  // A PBX that dies says nothing, but then nobody listens at its port: its calls have ended. (Should something between
  // us and the PBX have refused, the next frame of such a call opens it again.)
  const isGone = reason === 'AMI_CONNECTION_LOST' && (await refusesConnections(options, options.timings.goneMs));
  yield {
    kind: 'disconnected',
    at,
    lastHeardAt: conversation.lastHeardAt(),
    reason,
    pbxWentDown: saidSo || isGone,
  };
}
