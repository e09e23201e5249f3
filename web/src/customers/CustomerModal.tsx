import { ActionIcon, Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { CUSTOMERS, putCustomer } from '../api/customers.ts';
import type { Customer } from '../api/types.ts';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { useDraft } from '../drafts/useDraft.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { fieldMessageOf, messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import { bodyOf, formOf, isCustomerForm, type NumberLine, newLine } from './customerForm.ts';

type Props = {
  /** null: a new one */
  readonly customer: Customer | null;
  readonly etag: string | null;
  /** a new one's first number */
  readonly number?: string;
  readonly close: () => void;
  readonly saved?: (customer: { readonly id: string; readonly name: string }) => void;
};

export function CustomerModal({ customer, etag, number, close, saved }: Props) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const draft = useDraft(`customer ${customer?.id ?? ''}`, () => formOf(customer, number), isCustomerForm);
  const guard = useCloseGuard(draft, close);
  const { value: form, change: setForm } = draft;
  const [id] = useState(() => customer?.id ?? crypto.randomUUID());
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => putCustomer(id, bodyOf(form), etag),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: CUSTOMERS });
      say(t.customers.saved);
      saved?.({ id, name: form.name.trim() });
      guard.discard();
    },
  });
  const fields = error instanceof ApiError ? error.fields : new Map<string, string>();
  const refused = new Map([...fields].map(([pointer, detail]) => [pointer, fieldMessageOf(detail, t)]));
  const changeLine = (key: string, some: Partial<NumberLine>) =>
    setForm({ ...form, lines: form.lines.map((line) => (line.key === key ? { ...line, ...some } : line)) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) mutate();
  };
  return (
    <Modal
      opened
      onClose={guard.ask}
      title={customer ? t.customers.edit : t.customers.new}
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      <LeaveQuestion guard={guard} />
      <form onSubmit={submit}>
        <Stack>
          <RestoredDraft draft={draft} />
          {error && refused.size === 0 && (
            <Alert color="red" role="alert">
              {messageOf(error, t)}
            </Alert>
          )}
          <TextInput
            label={t.customers.name}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            error={refused.get('#/name')}
            maxLength={200}
            required
            data-autofocus
          />
          {form.lines.map((line, index) => (
            <Group key={line.key} align="end" wrap="nowrap" gap="xs">
              <TextInput
                type="tel"
                label={t.customers.number}
                value={line.number}
                onChange={(event) => changeLine(line.key, { number: event.currentTarget.value })}
                error={refused.get(`#/numbers/${index}/number`)}
                maxLength={64}
                flex={2}
                required
              />
              <TextInput
                label={t.customers.label}
                value={line.label}
                onChange={(event) => changeLine(line.key, { label: event.currentTarget.value })}
                maxLength={100}
                flex={1}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t.customers.removeNumber(line.number)}
                onClick={() => setForm({ ...form, lines: form.lines.filter(({ key }) => key !== line.key) })}
              >
                <Icon name="trash" size={16} />
              </ActionIcon>
            </Group>
          ))}
          <Button
            variant="default"
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => setForm({ ...form, lines: [...form.lines, newLine()] })}
          >
            {t.customers.addNumber}
          </Button>
          <Group justify="flex-end">
            <Button variant="default" onClick={guard.ask}>
              {t.app.cancel}
            </Button>
            <Button type="submit" loading={isPending}>
              {t.app.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
