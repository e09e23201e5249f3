import { Alert, Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { directory, useDirectoryChange, usePlaceNames } from '../api/directory.ts';
import { usePlaces } from '../api/places.ts';
import type { PlaceNames, Team } from '../api/types.ts';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { useDraft } from '../drafts/useDraft.ts';
import { placeName } from '../format/directory.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

type Place = Team['queues'][number];
type Form = { readonly name: string; readonly queues: readonly Place[]; readonly dids: readonly Place[] };
type Props = { readonly team: Team | null; readonly close: () => void };

export function TeamModal({ team, close }: Props) {
  const { t } = useLanguage();
  const { data: places } = usePlaces();
  const { data: names } = usePlaceNames();
  const [id] = useState(() => team?.id ?? crypto.randomUUID());
  const { name = '', queues = [], dids = [] } = team ?? {};
  const draft = useDraft<Form>(`team ${team?.id ?? ''}`, () => ({ name, queues, dids }), isForm);
  const guard = useCloseGuard(draft, close);
  const { value: form, change } = draft;
  const { mutate, isPending, error } = useDirectoryChange(
    () => directory.putTeam(id, { name: form.name.trim(), queues: [...form.queues], dids: [...form.dids] }),
    () => {
      say(t.people.teamSaved);
      guard.discard();
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) mutate(undefined);
  };
  return (
    <Modal
      opened
      onClose={guard.ask}
      title={team ? t.people.editTeam : t.people.newTeam}
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
            onChange={(event) => change({ ...form, name: event.currentTarget.value })}
            maxLength={200}
            required
            data-autofocus
          />
          <PlacesSelect
            label={t.people.queues}
            known={places?.queues ?? []}
            names={names?.queues}
            chosen={form.queues}
            choose={(chosen) => change({ ...form, queues: chosen })}
          />
          <PlacesSelect
            label={t.people.dids}
            known={places?.dids ?? []}
            names={names?.dids}
            chosen={form.dids}
            choose={(chosen) => change({ ...form, dids: chosen })}
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

type SelectProps = {
  readonly label: string;
  readonly known: readonly string[];
  readonly names: PlaceNames['queues'] | undefined;
  readonly chosen: readonly Place[];
  readonly choose: (chosen: readonly Place[]) => void;
};

/** Of places that calls name; one of a single phone system stays that of it. */
function PlacesSelect({ label, known, names, chosen, choose }: SelectProps) {
  const others = known
    .filter((place) => chosen.every((one) => one.place !== place))
    .map((place): Place => ({ place, pbx: null }));
  const all = [...chosen, ...others];
  const keyOf = ({ place, pbx }: Place) => JSON.stringify([place, pbx]);
  const shown = ({ place, pbx }: Place) => {
    const name = placeName(names, place);
    return [name === null ? place : `${name} (${place})`, ...(pbx === null ? [] : [pbx])].join(' · ');
  };
  return (
    <MultiSelect
      label={label}
      data={all.map((place) => ({ value: keyOf(place), label: shown(place) }))}
      value={chosen.map(keyOf)}
      onChange={(keys) => choose(all.filter((place) => keys.includes(keyOf(place))))}
      searchable
    />
  );
}

/** Whether what was kept in the tab is a form of this program. */
function isForm(stored: unknown): stored is Form {
  if (typeof stored !== 'object' || stored === null) return false;
  const form: Partial<Record<keyof Form, unknown>> = stored;
  const arePlaces = (places: unknown) => Array.isArray(places) && places.every(isPlace);
  return typeof form.name === 'string' && arePlaces(form.queues) && arePlaces(form.dids);
}

function isPlace(stored: unknown): boolean {
  if (typeof stored !== 'object' || stored === null) return false;
  const { place, pbx }: Partial<Record<keyof Place, unknown>> = stored;
  return typeof place === 'string' && (pbx === null || typeof pbx === 'string');
}
