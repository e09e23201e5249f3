/** One server-sent event as it goes over the wire (WHATWG HTML §9.2). JSON has no line break, so data is one line. */
export function sseEvent({ data, ...rest }: { id?: string; event: string; data: unknown }): string {
  return sseText({ ...rest, json: JSON.stringify(data) });
}

/** The same of data that is JSON already. */
export function sseText({ id, event, json }: { id?: string; event: string; json: string }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`;
}

/** Tells the browser where it stands and when to come back, without an event: what has no data is not dispatched. */
export function ssePosition(id: string, retryMs: number): string {
  return `retry: ${retryMs}\nid: ${id}\n\n`;
}

/** A comment keeps proxies from closing a silent connection. */
export const SSE_KEEP_ALIVE = ':\n\n';
