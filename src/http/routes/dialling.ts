import { type Callee, callRequest, type RequestCallDeps, requestCall } from '../../acts/requestCall.ts';
import { entryId } from '../../domain/callId.ts';
import { REFUSED_BECAUSE } from '../../domain/dialling/outcome.ts';
import { hasCode } from '../../errors.ts';
import type { DialSeen } from '../../ports/dialling.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Rebuilds } from '../../ports/rebuilds.ts';
import { AGENTS } from '../auth/principal.ts';
import { entryParams } from '../contract/contract.ts';
import {
  callRequestSchema,
  type Progress,
  requestCallBody,
  type ShownCallRequest,
} from '../contract/diallingContract.ts';
import type { CallResult } from '../kit/metrics.ts';
import { defineRoute, nothing, type Route } from '../kit/route.ts';

type Deps = RequestCallDeps & {
  readonly rebuilds: Pick<Rebuilds, 'rulesInForce'>;
  readonly count: (result: CallResult) => void;
};

/** Calls that are begun from here, at the phone of who asks. */
export function diallingRoutes(deps: Deps): Route[] {
  const { readModel, rebuilds, dialling, count } = deps;
  return [
    defineRoute({
      method: 'post',
      path: '/api/crm/calls',
      limitedAs: 'calls',
      summary: 'Have a call begun at one’s own phone; answered as soon as the phone system has said whether it does',
      roles: AGENTS,
      params: nothing,
      query: nothing,
      body: requestCallBody,
      answers: {
        201: { description: 'How far it is; Location tells it from then on', schema: callRequestSchema },
      },
      handler: async ({ body, author, viewer }) => {
        const { directory, readModel: seen } = await viewer();
        const wanted = { callee: calleeOf(body), extension: body.extension ?? null };
        const { rules } = (await rebuilds.rulesInForce()).active;
        const request = await requestCall(deps, { author, directory, readModel: seen }, wanted, rules).catch(
          (error) => {
            count(hasCode(error, 'CALL_NOT_TAKEN') ? 'not_taken' : 'refused');
            throw error;
          },
        );
        count('asked');
        const json = await shown(readModel, request);
        return { status: 201, headers: { Location: `/api/crm/calls/${json.id}` }, json };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/crm/calls/{id}',
      summary: 'How far a call is that one had begun; told for a day, to who asked for it',
      roles: AGENTS,
      params: entryParams,
      query: nothing,
      body: nothing,
      answers: { 200: { description: 'How far it is', schema: callRequestSchema } },
      handler: async ({ params: { id }, principal }) => ({
        status: 200,
        json: await shown(readModel, await callRequest(dialling, id, principal.sub)),
      }),
    }),
  ];
}

function calleeOf(body: {
  readonly number?: string | undefined;
  readonly entry_id?: string | undefined;
  readonly customer_id?: string | undefined;
  readonly number_index?: number | undefined;
}): Callee {
  const { number, entry_id: entry, customer_id: customerId, number_index: numberIndex = 0 } = body;
  if (entry !== undefined) return { from: 'entry', entryId: entry };
  if (customerId !== undefined) return { from: 'customer', customerId, numberIndex };
  return { from: 'number', number: number ?? '' };
}

async function shown(readModel: ReadModel, seen: DialSeen): Promise<ShownCallRequest> {
  const { id, pbx, extension, channelId, reason } = seen;
  const entry = entryId(pbx, channelId);
  return {
    id,
    pbx,
    extension,
    state: await progressOf(readModel, seen, entry),
    reason,
    detail: reason === null ? null : REFUSED_BECAUSE[reason],
    entry_id: entry,
  };
}

/** A call that was answered is in progress for the log by then. */
const HEARD_WITHIN_SECONDS = 10;

/** From when the own phone was answered on, what the log hears of the call tells more. */
async function progressOf(readModel: ReadModel, { state, seconds }: DialSeen, entry: string): Promise<Progress> {
  if (state === 'asked' || state === 'taken') return 'asked';
  if (state !== 'answered') return state;
  const call = (await readModel.current()).find(({ id }) => id === entry);
  if (call !== undefined) return call.state === 'talking' && call.answered_at !== null ? 'talking' : 'dialling';
  // a call that is no entry (an internal one) is not heard of any more when it is over
  return seconds < HEARD_WITHIN_SECONDS && (await readModel.get(entry)) === null ? 'dialling' : 'ended';
}
