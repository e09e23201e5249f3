import type { Micros } from '../../../domain/time.ts';
import { CommslogError } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { amiVersionOf, isTooOld, tooOld } from '../wire/banner.ts';
import { connect, type Endpoint } from './connection.ts';
import { Conversation } from './conversation.ts';
import { keepAlive, ping } from './keepAlive.ts';
import { type Credentials, type LoginMethod, logIn } from './login.ts';
import type { Timings } from './timings.ts';

export type SessionOptions = Endpoint &
  Credentials & {
    readonly clock: Clock;
    readonly timings: Timings;
    readonly onBytes?: ((bytes: Buffer, at: Micros) => void) | undefined;
  };

/** A connection that has logged in and is kept alive. */
export type Session = {
  readonly conversation: Conversation;
  /** when the login was accepted: what the PBX says from then on is heard */
  readonly connectedAt: Micros;
  /** of the banner, e.g. `11.0.0` */
  readonly amiVersion: string;
  readonly login: LoginMethod;
  /** clock of the PBX minus ours; null when it did not tell it */
  readonly clockOffsetMs: number | null;
  /** aborts when the connection is over */
  readonly ended: AbortSignal;
  close(): void;
};

/**
 * Connects, checks the banner, logs in, asks for the clock. Whatever goes wrong closes the connection and is thrown
 * under its name: `AMI_UNREACHABLE`, `AMI_TLS`, `AMI_NO_BANNER`, `AMI_NOT_ASTERISK`, `AMI_TOO_OLD`,
 * `AMI_LOGIN_REFUSED`, `AMI_TIMEOUT`, `AMI_CONNECTION_LOST`, `AMI_LINE_TOO_LONG`, `AMI_FRAME_TOO_LARGE`.
 */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Session> {
  const { clock, timings } = options;
  const conversation = new Conversation(await connect(options, timings, signal), options);
  const ended = new AbortController();
  const close = () => {
    signal.removeEventListener('abort', close);
    ended.abort();
    conversation.lose(new CommslogError('AMI_CONNECTION_LOST', 'we ended the connection'));
  };
  signal.addEventListener('abort', close);
  try {
    const amiVersion = versionOf(await conversation.banner());
    const login = await logIn(conversation, options, timings.answerMs);
    const connectedAt = clock.now();
    const clockOffsetMs = (await ping(conversation, options))?.clockOffsetMs ?? null;
    void keepAlive(conversation, options, clockOffsetMs, ended.signal);
    return { conversation, connectedAt, amiVersion, login, clockOffsetMs, ended: ended.signal, close };
  } catch (error) {
    close();
    throw error;
  }
}

function versionOf(banner: string): string {
  const version = amiVersionOf(banner);
  if (version === null) {
    throw new CommslogError('AMI_NOT_ASTERISK', 'the greeting is not the one of an Asterisk manager port');
  }
  if (isTooOld(banner)) throw tooOld();
  return version;
}
