import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { CommslogError } from '../../../errors.ts';
import type { Timings } from './timings.ts';

export type Endpoint = {
  readonly host: string;
  readonly port: number;
  /** with TLS, the PBX's certificate must be signed by `ca` (PEM; default: the system's) and be made out to `servername` (default: `host`) */
  readonly tls?: { readonly ca?: string; readonly servername?: string } | undefined;
};

/**
 * Opens the socket to the PBX, paused. Errors: `AMI_UNREACHABLE` (nothing answers at that address), `AMI_TLS` (it
 * answers, but not with a certificate that we trust), `AMI_CONNECTION_LOST` when `signal` aborts.
 */
export async function connect(endpoint: Endpoint, timings: Timings, signal: AbortSignal): Promise<Socket> {
  const tcp = connectTcp({ host: endpoint.host, port: endpoint.port, noDelay: true, keepAlive: true });
  await opened(tcp, 'connect', 'AMI_UNREACHABLE', timings.connectMs, signal);
  if (endpoint.tls === undefined) return tcp;
  const secure = startTls(tcp, endpoint, endpoint.tls);
  await opened(secure, 'secureConnect', 'AMI_TLS', timings.connectMs, signal);
  return secure;
}

function startTls(tcp: Socket, { host }: Endpoint, tls: NonNullable<Endpoint['tls']>): TLSSocket {
  const servername = tls.servername ?? host;
  return connectTls({
    socket: tcp,
    host: servername,
    // an address is checked against the certificate, but must not be sent as a server name (RFC 6066)
    servername: isIP(servername) === 0 ? servername : '',
    ca: tls.ca,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  });
}

const PROBLEMS = {
  AMI_UNREACHABLE: 'the PBX cannot be reached',
  AMI_TLS: 'TLS with the PBX failed',
} as const;

/** Waits until the socket is open; else destroys it and throws `code` with the system's reason (`ECONNREFUSED` …). */
function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  code: keyof typeof PROBLEMS,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: CommslogError) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onOpen).off('error', onError).off('close', onClose);
      if (error === undefined) return resolve();
      // a late error of a destroyed socket must not end the process
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const fail = (reason: string) => settle(new CommslogError(code, `${PROBLEMS[code]}: ${reason}`));
    const onOpen = () => settle();
    const onError = (error: NodeJS.ErrnoException) => fail(error.code ?? 'unknown reason');
    const onClose = () => fail('it closed the connection');
    const onAbort = () => settle(new CommslogError('AMI_CONNECTION_LOST', 'stopped while connecting'));
    const timer = setTimeout(() => fail(`no answer within ${deadlineMs} ms`), deadlineMs);
    socket.once(event, onOpen).once('error', onError).once('close', onClose);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
}
