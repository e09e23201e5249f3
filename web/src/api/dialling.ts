import { useMutation, useQuery } from '@tanstack/react-query';
import { ask } from './client.ts';
import type { CallRequest, RequestCallBody } from './types.ts';

const PATH = '/api/crm/calls';
const SOON_MS = 1_000;
const LATER_MS = 2_500;

/** Has a call begun at the phone of who asks. */
export function useRequestCall(on: { onSuccess(request: CallRequest): void; onError(error: Error): void }) {
  return useMutation({
    mutationFn: (body: RequestCallBody) => ask<CallRequest>(PATH, { method: 'POST', body }),
    ...on,
  });
}

/** How far it is, for as long as something can become of it; null: nothing is asked. */
export function useCallRequest(begun: CallRequest | null) {
  return useQuery({
    queryKey: ['call request', begun?.id],
    queryFn: ({ signal }) => ask<CallRequest>(`${PATH}/${begun?.id}`, { signal }),
    enabled: begun !== null,
    ...(begun === null ? {} : { initialData: begun }),
    refetchInterval: ({ state }) => againAfter(state.data),
  });
}

function againAfter(request: CallRequest | undefined): number | false {
  if (request?.state === 'asked' || request?.state === 'ringing') return SOON_MS;
  return request?.state === 'dialling' || request?.state === 'talking' ? LATER_MS : false;
}
