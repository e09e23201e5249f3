import { callBackScope } from '../../acts/callBack.ts';
import type { ActDeps } from '../../acts/deps.ts';
import { CommslogError } from '../../errors.ts';
import type { CommsFilter, ListedCurrentCall } from '../../ports/readModel.ts';
import { ANYONE } from '../auth/principal.ts';
import { callerSchema } from '../contract/callerContract.ts';
import { entryParams } from '../contract/contract.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';
import type { Seeing } from '../kit/viewer.ts';

const LAST_CALLS = 3;
const MOST_CANDIDATES = 10;

/** Who is calling: what a phone that rings wants to know. */
export function callerRoutes(deps: Pick<ActDeps, 'log'>): Route[] {
  const scopeOf = callBackScope(deps.log);
  return [
    defineRoute({
      method: 'get',
      path: '/api/crm/calls/current/{id}',
      isExpensive: () => true,
      summary: 'A call in progress, and what is to be known of who is on the other side',
      roles: ANYONE,
      params: entryParams,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'The call and the caller', schema: callerSchema } },
      handler: async ({ params: { id }, viewer, gone }) => {
        const who = await viewer();
        const call = (await who.readModel.current()).find((one) => one.id === id);
        if (call === undefined) throw new CommslogError('NOT_FOUND', 'There is no such call in progress.');
        const [{ items }, candidates] = await Promise.all([lastCalls(who, call, gone), candidatesOf(who, call)]);
        const [latest] = items;
        const scope = await scopeOf(who.directory);
        const waits = latest === undefined ? null : await who.readModel.callBack(latest.id, scope);
        const noted = items.find(({ last_note }) => last_note !== null);
        const json = {
          call: who.show(call),
          customer: call.customer,
          candidates,
          open_misses: waits === null || waits.closed !== null ? 0 : waits.tries,
          last_calls: items.map((entry) => who.show(entry)),
          last_note: noted?.last_note ? { entry_id: noted.id, ...withoutId(noted.last_note) } : null,
        };
        return { status: 200, json };
      },
    }),
  ];
}

/** With the customer, else with the number; none of who has withheld it. */
function lastCalls({ readModel }: Seeing, call: ListedCurrentCall, gone: AbortSignal) {
  const number = call.external_number ?? call.external_number_raw;
  const of: CommsFilter | null =
    call.customer_id !== null
      ? { customerId: call.customer_id }
      : number && call.match.status !== 'withheld'
        ? { q: number }
        : null;
  return of === null ? { items: [] } : readModel.list(of, null, LAST_CALLS, gone);
}

async function candidatesOf({ readModel }: Seeing, { match }: ListedCurrentCall) {
  const ids = match.candidates.slice(0, MOST_CANDIDATES).map((one) => one.customer_id);
  const found = await Promise.all(ids.map((id) => readModel.customer(id)));
  return found.flatMap((one) => (one === null || one.removedAt !== null ? [] : [{ id: one.id, name: one.name }]));
}

function withoutId({ text, author, at }: { readonly text: string; readonly author: string; readonly at: string }) {
  return { text, author, at };
}
