import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../api/client.ts';
import { useCallRequest, useRequestCall } from '../api/dialling.ts';
import { useSettings } from '../api/settings.ts';
import type { CallRequest, RequestCallBody } from '../api/types.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

const REFUSED = ['calls are not begun here'] as const;

/** `here`: the phone system rings at one's own phone; `device`: whatever opens a `tel:` link calls. */
export type Way = 'here' | 'device';

/** How one calls: from here where a phone is one's own, and the phone system has not said that nobody may. */
export function useWay(): Way {
  const { may, person } = useWho();
  const isOn = useSettings().data?.click_to_call.enabled === true;
  const refused = useQuery({ queryKey: REFUSED, queryFn: () => false, initialData: false, staleTime: Infinity });
  return may.write && isOn && !refused.data && (person?.extensions.length ?? 0) > 0 ? 'here' : 'device';
}

/** A call that is begun at one's own phone, and how far it is; null: none is. */
export function useDialling(): {
  readonly request: CallRequest | null;
  readonly isAsking: boolean;
  call(body: RequestCallBody): void;
} {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [begun, setBegun] = useState<CallRequest | null>(null);
  const asking = useRequestCall({
    onSuccess: setBegun,
    onError(error) {
      if (error instanceof ApiError && error.code === 'CALL_NOT_ALLOWED') queries.setQueryData(REFUSED, true);
      say(refusalIn(error, t));
    },
  });
  const { data } = useCallRequest(begun);
  return {
    request: begun === null ? null : (data ?? begun),
    isAsking: asking.isPending,
    call: (body) => {
      setBegun(null);
      asking.mutate(body);
    },
  };
}

function refusalIn(error: unknown, t: Dictionary): string {
  const known = error instanceof ApiError ? t.dial.refusals[error.code] : undefined;
  return known ?? messageOf(error, t);
}
