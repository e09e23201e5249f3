import { Drawer, Skeleton, Stack } from '@mantine/core';
import { useEntry } from '../api/comms.ts';
import type { Entry } from '../api/types.ts';
import { whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { CallPicture } from './CallPicture.tsx';
import { EntryActions, ReportCall } from './EntryActions.tsx';
import { Facts } from './Facts.tsx';
import { Notes } from './Notes.tsx';
import { RawFacts } from './RawFacts.tsx';
import { Why } from './Why.tsx';

/** Everything about one entry. */
export default function EntryPanel({ id, close }: { readonly id: string; readonly close: () => void }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useEntry(id);
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="xl"
      title={data ? whoOf(data.data, t) : t.entry.title}
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {data ? <Body entry={data.data} /> : error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />}
    </Drawer>
  );
}

function Body({ entry }: { readonly entry: Entry }) {
  const { may } = useWho();
  const heard = entry.source !== 'manual';
  return (
    <Stack gap="xl">
      {may.write && <EntryActions entry={entry} />}
      <Facts entry={entry} />
      <CallPicture entry={entry} />
      <Notes entry={entry} />
      <Why entry={entry} />
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
