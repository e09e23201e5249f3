import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type ChosenCustomer, CustomerPicker } from '../customers/CustomerPicker.tsx';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { emptyForm, localMinute, problemsOf } from './form.ts';
import { useSubmit } from './useSubmit.ts';

type Props = { readonly formKey: string; readonly customer: ChosenCustomer | null; readonly close: () => void };

/** Logs a call by hand. All of it works by keyboard; what the server refuses stands at its field. */
export default function LogCallModal({ formKey, customer, close }: Props) {
  const { t } = useLanguage();
  const [form, setForm] = useState(() => emptyForm(customer));
  const [tried, setTried] = useState(false);
  const { send, sending, refused, failure } = useSubmit(formKey, close);
  const problems = { ...(tried ? problemsOf(form, t) : {}), ...refused };
  const change = (some: Partial<typeof form>) => setForm((before) => ({ ...before, ...some }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problemsOf(form, t)).length === 0) send(form);
  };
  return (
    <Modal opened onClose={close} title={t.logCall.title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <form onSubmit={submit} noValidate>
        <Stack>
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
          <Group grow align="start">
            <NumberInput
              label={t.logCall.minutes}
              min={0}
              max={1440}
              allowDecimal={false}
              value={form.minutes}
              onChange={(minutes) => change({ minutes })}
              error={problems.duration}
              data-autofocus={customer !== null}
            />
            <NumberInput
              label={t.logCall.seconds}
              min={0}
              max={59}
              clampBehavior="strict"
              allowDecimal={false}
              value={form.seconds}
              onChange={(seconds) => change({ seconds })}
            />
          </Group>
          <Text size="xs" c="dimmed" mt={-8}>
            {t.logCall.durationHint}
          </Text>
          <TextInput
            type="datetime-local"
            label={t.logCall.occurredAt}
            description={t.app.timeZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}
            max={localMinute(new Date())}
            value={form.occurredAt}
            onChange={(event) => change({ occurredAt: event.currentTarget.value })}
            error={problems.occurredAt}
          />
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
            <Button variant="default" onClick={close}>
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
