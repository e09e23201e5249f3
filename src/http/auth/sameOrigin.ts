import type { IncomingHttpHeaders } from 'node:http';

/**
 * Where the browser says a request comes from: our own pages, another site's, or nothing is said (no browser).
 * Fetch metadata first, as it cannot be forged by a page; else the Origin against the Host, which is allow-listed.
 */
export function originOf(headers: IncomingHttpHeaders): 'same' | 'other' | 'unsaid' {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'same' : 'other';
  const origin = headers.origin;
  if (origin === undefined) return 'unsaid';
  return URL.canParse(origin) && new URL(origin).host === headers.host?.toLowerCase() ? 'same' : 'other';
}
