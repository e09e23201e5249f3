import type { Logger } from 'pino';
import { LEFT_BECAUSE } from '../../../domain/connectionEvents.ts';
import type { Micros } from '../../../domain/time.ts';
import { CommslogError } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PbxSource, SourceItem } from '../../../ports/pbxSource.ts';
import { createBackoff, pause } from '../../../retry.ts';
import { needsAPerson } from './connectionWords.ts';
import type { Conversation } from './conversation.ts';
import { LiveState } from './liveState.ts';
import { widened } from './permissions.ts';
import { resync } from './resync.ts';
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
      yield { kind: 'unreached', at: options.clock.now() };
      await pause((needsAPerson(session.code) ? afterRefusal : reconnect).next(), signal);
      continue;
    }
    afterRefusal.reset();
    const connectedAt = performance.now();
    state.connected(session.conversation);
    void getToKnow(session, options, state);
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
    if (reason.code !== 'AMI_NEW_LOGIN') await pause(reconnect.next(), signal);
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

/** Asks what is going on; leaves for a new login when the account may ask for more than at this one. */
async function getToKnow({ conversation, ended }: Session, options: SessionOptions, state: LiveState): Promise<void> {
  try {
    const account = await resync(conversation, options, ended);
    if (conversation.lost() !== null) return;
    state.knows(account);
    if (account === null || !(await widened(account.commands, options, ended))) return;
    conversation.lose(new CommslogError('AMI_NEW_LOGIN', 'the account may ask for more by now: logging in anew'));
  } catch (cause) {
    conversation.lose(new CommslogError('AMI_CONNECTION_LOST', 'the PBX could not be asked', { cause }));
  }
}

async function* itemsOf(
  { conversation, connectedAt, amiVersion, clockOffsetMs }: Session,
  { clock }: SessionOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  yield { kind: 'connected', at: connectedAt, amiVersion, clockOffsetMs };
  let pbxWentDown = false;
  for (let said = await conversation.next(); said !== null; said = await conversation.next()) {
    pbxWentDown ||= said.kind === 'frames' && said.frames.some((frame) => frame.event === SHUTDOWN);
    yield said;
  }
  const at = clock.now();
  yield {
    kind: 'disconnected',
    at,
    lastHeardAt: conversation.proof().lastHeardAt(),
    reason: signal.aborted ? LEFT_BECAUSE.stopped : reasonOf(conversation, at),
    pbxWentDown,
  };
}

function reasonOf(conversation: Conversation, at: Micros): Extract<SourceItem, { kind: 'disconnected' }>['reason'] {
  const code = conversation.lost()?.code ?? 'AMI_CONNECTION_LOST';
  return code === 'AMI_CONNECTION_LOST' && conversation.proof().wasHeld(at) ? LEFT_BECAUSE.journalFull : code;
}
