import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { usePeople, usePerson } from '../api/directory.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { Card } from '../shell/Card.tsx';
import { Failed } from '../shell/Failed.tsx';
import styles from './PeoplePage.module.css';
import { PersonModal } from './PersonModal.tsx';
import { PersonRow } from './PersonRow.tsx';

export function People() {
  const { t } = useLanguage();
  const people = usePeople();
  /** id; '': a new one; null: nobody's form is open */
  const [editing, edit] = useState<string | null>(null);
  return (
    <Card
      title={t.people.people}
      text={t.people.peopleText}
      actions={<Button onClick={() => edit('')}>{t.people.new}</Button>}
    >
      {people.isPending && <LoadingRows />}
      {people.isError && <Failed error={people.error} retry={() => void people.refetch()} />}
      {people.data?.length === 0 && <Text size="sm">{t.people.none}</Text>}
      <ul className={styles.list}>
        {people.data?.map((person) => (
          <PersonRow key={person.id} person={person} edit={() => edit(person.id)} />
        ))}
      </ul>
      {editing === '' && <PersonModal person={null} etag={null} close={() => edit(null)} />}
      {editing !== null && editing !== '' && <Editing id={editing} close={() => edit(null)} />}
    </Card>
  );
}

/** Begins with the person as they are now, not as the list was. */
function Editing({ id, close }: { readonly id: string; readonly close: () => void }) {
  const { data, isFetching, isFetchedAfterMount } = usePerson(id);
  const [begun, setBegun] = useState<typeof data>(undefined);
  if (begun === undefined && data !== undefined && isFetchedAfterMount && !isFetching) setBegun(data);
  return begun === undefined ? null : <PersonModal person={begun.data} etag={begun.etag} close={close} />;
}
