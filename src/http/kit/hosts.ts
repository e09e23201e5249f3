import type { RequestHandler } from 'express';
import { CommslogError } from '../../errors.ts';
import { isLoopback } from '../auth/loopback.ts';

/**
 * Answers only to names of this machine itself and of the public URL. A page of another site that has its own name
 * resolved to us (DNS rebinding) would otherwise be of the same origin.
 */
export function allowHosts(publicUrl: URL | null): RequestHandler {
  return (request, _response, next) => {
    const host = `http://${request.headers.host ?? ''}`;
    const hostname = URL.canParse(host) ? new URL(host).hostname : '';
    if (isLoopback(hostname) || hostname === publicUrl?.hostname) return next();
    throw new CommslogError('HOST_NOT_ALLOWED', 'This host name is not ours; PUBLIC_URL sets the one that is.');
  };
}
