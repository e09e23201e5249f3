import { Alert, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { directory, useDirectoryChange, usePeople, usePlaceNames, useTeams } from '../api/directory.ts';
import type { Team } from '../api/types.ts';
import { placeName } from '../format/directory.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { Failed } from '../shell/Failed.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import styles from './PeoplePage.module.css';
import { TeamModal } from './TeamModal.tsx';

export function Teams() {
  const { t } = useLanguage();
  const teams = useTeams();
  const [editing, edit] = useState<Team | 'new' | null>(null);
  return (
    <Card
      title={t.people.teams}
      text={t.people.teamsText}
      actions={<Button onClick={() => edit('new')}>{t.people.newTeam}</Button>}
    >
      {teams.isError && <Failed error={teams.error} retry={() => void teams.refetch()} />}
      {teams.data?.length === 0 && <Text size="sm">{t.people.noTeams}</Text>}
      <ul className={styles.list}>
        {teams.data?.map((team) => (
          <Row key={team.id} team={team} edit={() => edit(team)} />
        ))}
      </ul>
      {editing !== null && <TeamModal team={editing === 'new' ? null : editing} close={() => edit(null)} />}
    </Card>
  );
}

function Row({ team, edit }: { readonly team: Team; readonly edit: () => void }) {
  const { t } = useLanguage();
  const { data: names } = usePlaceNames();
  const { data: people = [] } = usePeople();
  const [asked, ask] = useState(false);
  const remove = useDirectoryChange(
    () => directory.removeTeam(team.id),
    () => say(t.people.teamRemoved),
  );
  const queues = team.queues.map(({ place }) => placeName(names?.queues, place) ?? place);
  const dids = team.dids.map(({ place }) => placeName(names?.dids, place) ?? spacedNumber(place));
  const members = people.filter(({ teams }) => teams.includes(team.id)).length;
  return (
    <li className={styles.person}>
      <div className={styles.who}>
        <strong>{team.name}</strong>
        <span className={styles.about}>{[t.people.members(members), ...queues, ...dids].join(' · ')}</span>
      </div>
      <Group gap="xs">
        <Button variant="default" size="compact-sm" onClick={edit} aria-label={`${t.people.editTeam}: ${team.name}`}>
          {t.people.change}
        </Button>
        <Button
          variant="subtle"
          color="red"
          size="compact-sm"
          onClick={() => ask(true)}
          aria-label={`${t.people.remove}: ${team.name}`}
        >
          {t.people.remove}
        </Button>
      </Group>
      {asked && (
        <Alert
          color="red"
          role="alert"
          title={remove.error ? messageOf(remove.error, t) : t.people.teamSure(team.name)}
          className={styles.wide}
        >
          <Group>
            <Button color="red" onClick={() => remove.mutate(undefined)} loading={remove.isPending}>
              {t.people.remove}
            </Button>
            <Button variant="default" onClick={() => ask(false)}>
              {t.app.cancel}
            </Button>
          </Group>
        </Alert>
      )}
    </li>
  );
}
