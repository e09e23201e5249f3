import { Alert, Button, Checkbox, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { annotate, useAnnotation } from '../api/annotations.ts';
import type { AssignBody, Listed } from '../api/types.ts';
import { type ChosenCustomer, CustomerPicker } from '../customers/CustomerPicker.tsx';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { isText, useDraft } from '../drafts/useDraft.ts';
import { numberOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import { Candidates } from './Candidates.tsx';

/** What one has to know of an entry to say whose it is. */
export type Assignable = Pick<
  Listed,
  'id' | 'match' | 'customer' | 'external_number' | 'external_number_raw' | 'external_name'
>;

/** Says whose a call is: a known customer, a new one, or nobody's. */
export default function AssignModal({ entry, close }: { readonly entry: Assignable; readonly close: () => void }) {
  const { t } = useLanguage();
  const draft = useDraft(`assign ${entry.id}`, () => entry.external_name ?? '', isText);
  const guard = useCloseGuard(draft, close);
  const { value: name, change: setName } = draft;
  const [who, setWho] = useState<'known' | 'new'>(draft.isRestored ? 'new' : 'known');
  const [chosen, setChosen] = useState<ChosenCustomer | null>(null);
  const [newId] = useState(() => crypto.randomUUID());
  const hasNumber = entry.external_number !== null;
  const [remember, setRemember] = useState(hasNumber);
  const assign = useAnnotation((body: AssignBody) => annotate.assign(entry.id, body), done(t.entry.assigned));
  const unassign = useAnnotation(() => annotate.unassign(entry.id), done(t.entry.unassigned));
  const error = assign.error ?? unassign.error;

  function done(message: string) {
    return () => {
      say(message);
      guard.discard();
    };
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (assign.isPending) return;
    if (who === 'new') assign.mutate({ customer: { id: newId, name: name.trim() } });
    else if (chosen) assign.mutate({ customer_id: chosen.id, ...(remember ? { remember_number: true } : {}) });
  };
  return (
    <Modal
      opened
      onClose={guard.ask}
      title={`${t.entry.assign}: ${numberOf(entry, t)}`}
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      <LeaveQuestion guard={guard} />
      <form onSubmit={submit}>
        <Stack>
          <RestoredDraft draft={draft} />
          {error && (
            <Alert color="red" role="alert">
              {messageOf(error, t)}
            </Alert>
          )}
          {hasNumber && (
            <SegmentedControl
              fullWidth
              aria-label={t.entry.assign}
              data={[
                { value: 'known', label: t.assign.known },
                { value: 'new', label: t.customers.new },
              ]}
              value={who}
              onChange={(value) => setWho(value === 'new' ? 'new' : 'known')}
            />
          )}
          {who === 'known' ? (
            <>
              <Candidates ids={entry.match.candidates.map(({ customer_id }) => customer_id)} choose={setChosen} />
              <CustomerPicker label={t.logCall.customer} chosen={chosen} choose={setChosen} />
              {hasNumber && (
                <Checkbox
                  label={t.assign.remember}
                  checked={remember}
                  onChange={(event) => setRemember(event.currentTarget.checked)}
                />
              )}
            </>
          ) : (
            <TextInput
              label={t.customers.name}
              description={t.assign.newHint}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              maxLength={200}
              data-autofocus
              required
            />
          )}
          <Group justify="space-between">
            <Button
              variant="subtle"
              color="gray"
              onClick={() => unassign.mutate(undefined)}
              loading={unassign.isPending}
            >
              {t.entry.none}
            </Button>
            <Button
              type="submit"
              loading={assign.isPending}
              disabled={who === 'known' ? chosen === null : name.trim() === ''}
            >
              {t.call.assign}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
