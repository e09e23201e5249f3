import { connect } from 'node:tls';
import type { Endpoint } from './connection.ts';

/** Whether something at this port answers a TLS greeting, whatever its certificate; false when it does not in time. */
export function speaksTls({ host, port }: Endpoint, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    // nothing is sent but the greeting, so nobody has to be trusted
    const socket = connect({ host, port, rejectUnauthorized: false });
    const timer = setTimeout(() => settle(false), deadlineMs);
    const settle = (does: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(does);
    };
    socket.once('secureConnect', () => settle(true)).on('error', () => settle(false));
  });
}
