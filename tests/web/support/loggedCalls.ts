import type { LogCallBody } from '../../../web/src/api/types.ts';
import type { WebSystem } from './webSystem.ts';

/** Logs calls by hand, the first one of now, each of the others `apartMs` before. */
export async function logCalls(
  web: WebSystem,
  calls: readonly Partial<LogCallBody>[],
  { customer, apartMs = 1_000 }: { readonly customer: string; readonly apartMs?: number },
): Promise<void> {
  const token = await web.system.token('agent');
  const now = Date.now();
  for (const [n, differs] of calls.entries()) {
    const occurred_at = new Date(now - n * apartMs).toISOString();
    const body = { customer_id: customer, direction: 'inbound', duration_seconds: 60, occurred_at, ...differs };
    const { status } = await web.system.ask({ method: 'POST', path: '/api/crm/calls/log', token, body });
    if (status !== 201) throw new Error(`logging a call was answered with ${status}`);
  }
}
