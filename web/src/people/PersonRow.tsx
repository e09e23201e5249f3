import { Alert, Button, Group } from '@mantine/core';
import { useState } from 'react';
import { directory, type Invitation, useDirectoryChange, useTeams } from '../api/directory.ts';
import type { Person } from '../api/types.ts';
import { holdsAt } from '../format/directory.ts';
import { useFormat } from '../format/useFormat.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import { InvitationLink } from './InvitationLink.tsx';
import styles from './PeoplePage.module.css';

/** One person, and what can be done with them; what takes something away asks once more. */
export function PersonRow({ person, edit }: { readonly person: Person; readonly edit: () => void }) {
  const { t } = useLanguage();
  const format = useFormat();
  const { data: teams = [] } = useTeams();
  const [asked, ask] = useState<'remove' | 'revoke' | null>(null);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const invite = useDirectoryChange(() => directory.invite(person.id), setInvitation);
  const remove = useDirectoryChange(
    () => directory.removePerson(person.id),
    () => say(t.people.removed),
  );
  const revoke = useDirectoryChange(
    () => directory.revoke(person.id),
    () => {
      say(t.people.revoked);
      ask(null);
    },
  );
  const acts = { remove, revoke } as const;
  const error = invite.error ?? remove.error ?? revoke.error;
  const namesOfTeams = person.teams.map((id) => teams.find((team) => team.id === id)?.name ?? id);
  return (
    <li className={styles.person}>
      <div className={styles.who}>
        <strong>{person.name}</strong>
        <span className={styles.about}>{extensionsOf(person, t, format)}</span>
        <span className={styles.about}>
          {[t.app.role[person.access?.role ?? 'agent'], ...namesOfTeams].join(' · ')}
        </span>
        <span className={styles.about}>{accessOf(person, t, format)}</span>
      </div>
      <Group gap="xs">
        <Button variant="default" size="compact-sm" onClick={edit} aria-label={`${t.people.edit}: ${person.name}`}>
          {t.people.change}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => invite.mutate(undefined)}
          loading={invite.isPending}
          aria-label={`${t.people.invite}: ${person.name}`}
        >
          {t.people.invite}
        </Button>
        {person.access?.sub && (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => ask('revoke')}
            aria-label={`${t.people.revoke}: ${person.name}`}
          >
            {t.people.revoke}
          </Button>
        )}
        <Button
          variant="subtle"
          color="red"
          size="compact-sm"
          onClick={() => ask('remove')}
          aria-label={`${t.people.remove}: ${person.name}`}
        >
          {t.people.remove}
        </Button>
      </Group>
      {error && (
        <Alert color="red" role="alert" className={styles.wide}>
          {messageOf(error, t)}
        </Alert>
      )}
      {asked !== null && (
        <Alert color="red" role="alert" title={t.people.sure[asked](person.name)} className={styles.wide}>
          <Group>
            <Button color="red" onClick={() => acts[asked].mutate(undefined)} loading={acts[asked].isPending}>
              {t.people[asked]}
            </Button>
            <Button variant="default" onClick={() => ask(null)}>
              {t.app.cancel}
            </Button>
          </Group>
        </Alert>
      )}
      {invitation && <InvitationLink name={person.name} invitation={invitation} close={() => setInvitation(null)} />}
    </li>
  );
}

type Format = ReturnType<typeof useFormat>;

/** Those of now, then those of before and of later with their time. */
function extensionsOf({ lines }: Person, t: Dictionary, format: Format): string {
  if (lines.length === 0) return t.people.noExtension;
  const now = Date.now();
  const date = (time: string) => format.short(new Date(time));
  const held = lines.filter((line) => holdsAt(line, now)).map(({ extension }) => t.call.extension(extension));
  const others = lines
    .filter((line) => !holdsAt(line, now))
    .map(({ extension, from, to }) => {
      const isOver = to !== null && Date.parse(to) <= now;
      const when = isOver ? t.customers.until(date(to)) : from === null ? '' : t.customers.since(date(from));
      return `${t.call.extension(extension)} (${when})`;
    });
  return [...held, ...others].join(', ');
}

function accessOf({ access }: Person, t: Dictionary, format: Format): string {
  if (!access?.sub) return t.people.access.none;
  const { invited_at, revoked_at } = access;
  const time = (text: string) => format.short(new Date(text));
  const isRevoked = revoked_at !== null && (invited_at === null || invited_at < revoked_at);
  if (isRevoked) return t.people.access.revoked(time(revoked_at));
  return invited_at === null ? t.people.access.subject : t.people.access.invited(time(invited_at));
}
