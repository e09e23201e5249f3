import { Alert, Button, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { directory, useDirectoryChange, usePlaceNames } from '../api/directory.ts';
import { usePlaces } from '../api/places.ts';
import type { CallPlaces, PlaceNames } from '../api/types.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import styles from './PeoplePage.module.css';

const KINDS = ['queues', 'dids'] as const;
type Kind = (typeof KINDS)[number];
type Named = PlaceNames['queues'][number];

/** A name for each queue and number of ours that calls name; an empty one takes the name away. */
export function PlaceNamesForm() {
  const places = usePlaces();
  const names = usePlaceNames();
  const failed = places.error ?? names.error;
  if (failed) return <Failed error={failed} retry={() => void places.refetch()} />;
  if (places.data === undefined || names.data === undefined) return null;
  return <Form key={JSON.stringify(names.data)} places={places.data} names={names.data} />;
}

function Form({ places, names }: { readonly places: CallPlaces; readonly names: PlaceNames }) {
  const { t } = useLanguage();
  const [form, setForm] = useState(() => ({
    queues: linesOf(places.queues, names.queues),
    dids: linesOf(places.dids, names.dids),
  }));
  const save = useDirectoryChange(
    () => directory.namePlaces({ queues: namedIn(form.queues), dids: namedIn(form.dids) }),
    () => say(t.people.namesSaved),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate(undefined);
  };
  const change = (kind: Kind, at: number, name: string) =>
    setForm({ ...form, [kind]: form[kind].map((line, index) => (index === at ? { ...line, name } : line)) });
  const shown = (kind: Kind, { place, pbx }: Named) =>
    [kind === 'dids' ? spacedNumber(place) : place, ...(pbx === null ? [] : [pbx])].join(' · ');
  if (form.queues.length + form.dids.length === 0) return <Text size="sm">{t.people.namesNone}</Text>;
  return (
    <form onSubmit={submit}>
      {save.error && (
        <Alert color="red" role="alert" mb="md">
          {messageOf(save.error, t)}
        </Alert>
      )}
      {KINDS.filter((kind) => form[kind].length > 0).map((kind) => (
        <section key={kind} aria-label={t.people[kind]}>
          <Title order={3} size="h5" mb={6}>
            {t.people[kind]}
          </Title>
          <div className={styles.names}>
            {form[kind].map((line, at) => (
              <TextInput
                key={`${line.place} ${line.pbx}`}
                label={shown(kind, line)}
                value={line.name}
                onChange={(event) => change(kind, at, event.currentTarget.value)}
                maxLength={100}
              />
            ))}
          </div>
        </section>
      ))}
      <Button type="submit" loading={save.isPending}>
        {t.app.save}
      </Button>
    </form>
  );
}

/** Those that have a name, then the others that calls name. */
function linesOf(places: readonly string[], named: readonly Named[]): readonly Named[] {
  const others = places.filter((place) => named.every((one) => one.place !== place));
  return [...named, ...others.map((place) => ({ place, pbx: null, name: '' }))];
}

function namedIn(lines: readonly Named[]): Named[] {
  return lines.map((line) => ({ ...line, name: line.name.trim() })).filter(({ name }) => name !== '');
}
