import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useLocation } from 'wouter';
import { ApiError } from '../api/client.ts';
import { KEYS, logCall } from '../api/comms.ts';
import { OPENED_OVER, useEntryPath } from '../entry/useEntryPath.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { fieldMessageOf, messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import { bodyOf, FIELD_OF, type LogCallForm, type Problems } from './form.ts';

/**
 * Sends the form once however often one presses, and again with the same key when it is not certain that it arrived.
 * An answer that names fields becomes `refused`, any other `failure`.
 */
export function useSubmit(formKey: string, sent: () => void) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const path = useEntryPath();
  const underWay = useRef(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (form: LogCallForm) => logCall(bodyOf(form), formKey),
    onSuccess: (entry) => {
      sent();
      say(t.logCall.saved, { label: t.logCall.view, act: () => navigate(path(entry.id), { state: OPENED_OVER }) });
      return queries.invalidateQueries({ queryKey: KEYS.comms });
    },
    onSettled: () => {
      underWay.current = false;
    },
  });
  const send = (form: LogCallForm) => {
    // state comes too late for a double click
    if (underWay.current) return;
    underWay.current = true;
    mutate(form);
  };
  const refused: Problems = {};
  if (error instanceof ApiError) {
    for (const [pointer, detail] of error.fields) {
      const field = FIELD_OF[pointer];
      if (field) refused[field] = fieldMessageOf(detail, t);
    }
  }
  const unsure = error instanceof ApiError && (error.status === 0 || error.status >= 500);
  const failure =
    error === null || Object.keys(refused).length > 0 ? null : unsure ? t.logCall.retry : messageOf(error, t);
  return { send, sending: isPending, refused, failure };
}
