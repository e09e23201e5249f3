import { Drawer, Skeleton, Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useEntry } from '../api/comms.ts';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { CallPicture } from './CallPicture.tsx';
import { EntryActions, ReportCall } from './EntryActions.tsx';
import { EntrySteps } from './EntrySteps.tsx';
import { Facts } from './Facts.tsx';
import { Notes, type Unsaved } from './Notes.tsx';
import { RawFacts } from './RawFacts.tsx';
import { StoryText } from './StoryText.tsx';
import { Technical } from './Technical.tsx';

type Props = { readonly id: string; readonly show: (id: string) => void; readonly close: () => void };

const NOTHING = { isUnsaved: false, discard: () => {} };

/** Everything about one entry. */
export default function EntryPanel({ id, show, close }: Props) {
  const { t } = useLanguage();
  const { data, error, refetch } = useEntry(id);
  const who = data ? whoOf(data.data, t) : null;
  const [unsaved, tellUnsaved] = useState<Unsaved>(null);
  const guard = useCloseGuard(unsaved ?? NOTHING, close);
  useFocusOnRow(id);
  return (
    <Drawer.Root opened onClose={guard.ask} position="right" size="xl">
      <Drawer.Overlay />
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title flex={1}>{who ?? t.entry.title}</Drawer.Title>
          <EntrySteps id={id} who={who} show={show} />
          <Drawer.CloseButton aria-label={t.app.close} />
        </Drawer.Header>
        <Drawer.Body>
          <LeaveQuestion guard={guard} />
          {data ? (
            <Body key={id} entry={data.data} tellUnsaved={tellUnsaved} />
          ) : error ? (
            <Failed error={error} retry={() => void refetch()} />
          ) : (
            <Loading />
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

/** Who closes the drawer goes on in the list where it stood last. */
function useFocusOnRow(id: string): void {
  const last = useRef(id);
  useEffect(() => {
    last.current = id;
  }, [id]);
  useEffect(
    () => () => {
      // behind the drawer, which gives the focus back to where it was opened
      setTimeout(() => document.querySelector<HTMLElement>(`[data-entry="${CSS.escape(last.current)}"]`)?.focus(), 0);
    },
    [],
  );
}

function Body({ entry, tellUnsaved }: Parameters<typeof Notes>[0]) {
  const { may } = useWho();
  const heard = entry.source !== 'manual';
  return (
    <Stack gap="xl">
      {may.write && <EntryActions entry={entry} />}
      <StoryText entry={entry} />
      <Facts entry={entry} />
      <CallPicture entry={entry} />
      <Notes entry={entry} tellUnsaved={tellUnsaved} />
      <Technical entry={entry} />
      {may.write && heard && <ReportCall id={entry.id} />}
      {may.audit && <RawFacts id={entry.id} />}
    </Stack>
  );
}

function Loading() {
  const { t } = useLanguage();
  return (
    <Stack role="status" aria-busy="true" aria-label={t.app.loading}>
      <Skeleton height={120} />
      <Skeleton height={80} />
      <Skeleton height={160} />
    </Stack>
  );
}
