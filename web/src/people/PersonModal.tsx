import {
  ActionIcon,
  Alert,
  Autocomplete,
  Button,
  Group,
  Modal,
  MultiSelect,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client.ts';
import { directory, useDirectoryChange, useTeams } from '../api/directory.ts';
import { usePlaces } from '../api/places.ts';
import type { Person } from '../api/types.ts';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { useDraft } from '../drafts/useDraft.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { fieldMessageOf, messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import styles from './PeoplePage.module.css';
import {
  bodyOf,
  formOf,
  isPersonForm,
  type LineForm,
  linesIn,
  mayAddLine,
  newLine,
  type PersonForm,
  ROLES,
  SIGHTS,
} from './personForm.ts';

type Props = {
  /** null: a new one */
  readonly person: Person | null;
  readonly etag: string | null;
  readonly close: () => void;
};

export function PersonModal({ person, etag, close }: Props) {
  const { t } = useLanguage();
  const { data: teams = [] } = useTeams();
  const [id] = useState(() => person?.id ?? crypto.randomUUID());
  const draft = useDraft<PersonForm>(`person ${person?.id ?? ''}`, () => formOf(person), isPersonForm);
  const guard = useCloseGuard(draft, close);
  const { value: form, change: setForm } = draft;
  const { mutate, isPending, error } = useDirectoryChange(
    () => directory.putPerson(id, bodyOf(form), etag),
    () => {
      say(t.people.saved);
      guard.discard();
    },
  );
  const fields = error instanceof ApiError ? error.fields : new Map<string, string>();
  const refused = new Map([...fields].map(([pointer, detail]) => [pointer, fieldMessageOf(detail, t)]));
  const change = (some: Partial<PersonForm>) => setForm({ ...form, ...some });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) mutate(undefined);
  };
  return (
    <Modal
      opened
      onClose={guard.ask}
      size="lg"
      title={person ? t.people.edit : t.people.new}
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
          <TextInput
            label={t.customers.name}
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={refused.get('#/name')}
            maxLength={200}
            required
            data-autofocus
          />
          <Lines form={form} change={change} refused={refused} />
          <MultiSelect
            label={t.people.teams}
            data={teams.map(({ id: value, name: label }) => ({ value, label }))}
            value={[...form.teams]}
            onChange={(chosen) => change({ teams: chosen })}
            error={[...refused].find(([pointer]) => pointer.startsWith('#/teams/'))?.[1]}
          />
          <Select
            label={t.people.role}
            description={t.people.roleHint}
            data={ROLES.map((value) => ({ value, label: t.app.role[value] }))}
            value={form.role === '' ? 'agent' : form.role}
            onChange={(role) => change({ role: role ?? '' })}
            allowDeselect={false}
          />
          <Select
            label={t.people.sees}
            data={[
              { value: '', label: t.people.asRole },
              ...SIGHTS.map((value) => ({ value, label: t.people.sights[value] })),
            ]}
            value={form.sees}
            onChange={(sees) => change({ sees: sees ?? '' })}
            allowDeselect={false}
          />
          <TextInput
            label={t.people.sub}
            description={t.people.subHint}
            value={form.sub}
            onChange={(event) => change({ sub: event.currentTarget.value })}
            error={refused.get('#/sub')}
            maxLength={500}
          />
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

type LinesProps = {
  readonly form: PersonForm;
  readonly change: (some: Partial<PersonForm>) => void;
  readonly refused: ReadonlyMap<string, string>;
};

/** Which extensions are theirs, and on which days. */
function Lines({ form, change, refused }: LinesProps) {
  const { t } = useLanguage();
  const { data: places } = usePlaces();
  const sent = linesIn(form.lines);
  const changeLine = (key: string, some: Partial<LineForm>) =>
    change({ lines: form.lines.map((line) => (line.key === key ? { ...line, ...some } : line)) });
  const errorOf = (line: LineForm, field: string) => refused.get(`#/lines/${sent.indexOf(line)}/${field}`);
  return (
    <fieldset className={styles.lines}>
      <legend>{t.people.extensions}</legend>
      {form.lines.map((line) => (
        <div key={line.key} className={styles.line}>
          <Autocomplete
            label={line.was.pbx === null ? t.inbox.extension : `${t.inbox.extension} (${line.was.pbx})`}
            data={[...(places?.extensions ?? [])]}
            value={line.extension}
            onChange={(extension) => changeLine(line.key, { extension })}
            error={errorOf(line, 'extension')}
            maxLength={64}
          />
          <TextInput
            type="date"
            label={t.inbox.from}
            value={line.from}
            onChange={(event) => changeLine(line.key, { from: event.currentTarget.value })}
            error={errorOf(line, 'from')}
          />
          <TextInput
            type="date"
            label={t.inbox.to}
            value={line.to}
            onChange={(event) => changeLine(line.key, { to: event.currentTarget.value })}
            error={errorOf(line, 'to')}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t.people.removeExtension(line.extension)}
            onClick={() => change({ lines: form.lines.filter(({ key }) => key !== line.key) })}
          >
            <Icon name="trash" size={16} />
          </ActionIcon>
        </div>
      ))}
      <p className={styles.hint}>{t.people.extensionsHint}</p>
      {mayAddLine(form) && (
        <Button
          variant="default"
          leftSection={<Icon name="plus" size={16} />}
          onClick={() => change({ lines: [...form.lines, newLine()] })}
        >
          {t.people.addExtension}
        </Button>
      )}
    </fieldset>
  );
}
