import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type ChosenCustomer, CustomerPicker } from '../customers/CustomerPicker.tsx';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { useDraft } from '../drafts/useDraft.ts';
import { useNow } from '../format/useNow.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { beganOf, emptyForm, isLogCallForm, localMinute, problemsOf } from './form.ts';
import { Length } from './Length.tsx';
import { useSubmit } from './useSubmit.ts';

type Props = { readonly formKey: string; readonly customer: ChosenCustomer | null; readonly close: () => void };

/** Logs a call by hand. All of it works by keyboard; what the server refuses stands at its field. */
export default function LogCallModal({ formKey, customer, close }: Props) {
  const { t } = useLanguage();
  const now = useNow();
  const draft = useDraft(`log-call ${customer?.id ?? ''}`, () => emptyForm(customer), isLogCallForm);
  const guard = useCloseGuard(draft, close);
  const [tried, setTried] = useState(false);
  const { send, sending, refused, failure } = useSubmit(formKey, guard.discard);
  const form = draft.value;
  const problems = { ...(tried ? problemsOf(form, t) : {}), ...refused };
  const change = (some: Partial<typeof form>) => draft.change((before) => ({ ...before, ...some }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problemsOf(form, t)).length === 0) send(form);
  };
  return (
    <Modal opened onClose={guard.ask} title={t.logCall.title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <LeaveQuestion guard={guard} />
      <form onSubmit={submit} noValidate>
        <Stack>
          <RestoredDraft draft={draft} />
          {failure && (
            <Alert color="red" role="alert">
              {failure}
            </Alert>
          )}
          {customer === null ? (
            <CustomerPicker
              label={t.logCall.customer}
              chosen={form.customer}
              choose={(chosen) => change({ customer: chosen })}
              error={problems.customer}
            />
          ) : (
            <TextInput label={t.logCall.customer} value={customer.name} readOnly />
          )}
          <SegmentedControl
            aria-label={t.logCall.direction}
            fullWidth
            data={[
              { value: 'inbound', label: t.call.direction.inbound },
              { value: 'outbound', label: t.call.direction.outbound },
            ]}
            value={form.direction}
            onChange={(direction) => change({ direction: direction === 'inbound' ? 'inbound' : 'outbound' })}
          />
          <Length form={form} change={change} problems={problems} hasFocus={customer !== null} />
          <TextInput
            type="datetime-local"
            label={t.logCall.occurredAt}
            description={`${form.occurredAt === null ? `${t.logCall.endsNow} ` : ''}${t.app.timeZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}`}
            max={localMinute(now)}
            value={form.occurredAt ?? localMinute(new Date(beganOf(form, now)))}
            onChange={(event) => change({ occurredAt: event.currentTarget.value })}
            error={problems.occurredAt}
          />
          {form.occurredAt !== null && (
            <Text size="xs" mt={-8}>
              <Button variant="subtle" size="compact-xs" onClick={() => change({ occurredAt: null })}>
                {t.logCall.letEndNow}
              </Button>
            </Text>
          )}
          <Textarea
            label={t.logCall.notes}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={10_000}
            value={form.notes}
            onChange={(event) => change({ notes: event.currentTarget.value })}
            error={problems.notes}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={guard.ask}>
              {t.app.cancel}
            </Button>
            <Button type="submit" loading={sending}>
              {t.logCall.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
