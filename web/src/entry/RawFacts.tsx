import { Button, Group, Loader, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { download } from '../api/client.ts';
import { useRawFacts } from '../api/events.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { Icon } from '../shell/icons.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import styles from './RawFacts.module.css';
import { fieldsOf, heardAt, textOf } from './rawFact.ts';
import { Section } from './Section.tsx';

/** What the phone system said, for auditors; read only when asked for, because reading it is recorded. */
export function RawFacts({ id }: { readonly id: string }) {
  const { t } = useLanguage();
  const [asked, setAsked] = useState(false);
  const save = useMutation({
    mutationFn: () => download(`/api/crm/comms/${id}/events`, 'application/x-ndjson', `${id}.ndjson`),
    onError: (error) => say(messageOf(error, t)),
  });
  return (
    <Section title={t.entry.raw}>
      <Group>
        {!asked && (
          <Button variant="default" onClick={() => setAsked(true)}>
            {t.entry.showRaw}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<Icon name="download" size={16} />}
          onClick={() => save.mutate()}
          loading={save.isPending}
        >
          {t.entry.rawDownload}
        </Button>
        <Text size="sm" c="dimmed">
          {t.entry.rawRecorded}
        </Text>
      </Group>
      {asked && <Facts id={id} />}
    </Section>
  );
}

function Facts({ id }: { readonly id: string }) {
  const { t } = useLanguage();
  const format = useFormat();
  const facts = useRawFacts(id);
  if (facts.isPending) return <Loader size="sm" mt="md" role="status" aria-label={t.app.loading} />;
  if (facts.isError) return <Failed error={facts.error} retry={() => void facts.refetch()} />;
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.entry.position}</th>
            <th scope="col">{t.entry.time}</th>
            <th scope="col">{t.entry.event}</th>
          </tr>
        </thead>
        <tbody>
          {facts.data.pages.flatMap(({ items }) =>
            items.map((fact) => (
              <tr key={fact.position}>
                <td>{fact.position}</td>
                <td>{format.seconds(new Date(heardAt(fact)))}</td>
                <td>
                  <details>
                    <summary>
                      {fact.type} <span>{textOf(fact)}</span>
                    </summary>
                    <small>
                      {t.entry.stream} {fact.stream}@{fact.revision}
                    </small>
                    <pre>{fieldsOf(fact)}</pre>
                  </details>
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {facts.hasNextPage && (
        <Button variant="default" mt="sm" onClick={() => void facts.fetchNextPage()} loading={facts.isFetchingNextPage}>
          {t.app.more}
        </Button>
      )}
    </>
  );
}
