import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { download } from '../api/client.ts';
import type { Entry } from '../api/types.ts';
import { useAssign } from '../assign/AssignProvider.tsx';
import { DialButton } from '../dial/DialButton.tsx';
import { whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { isWork } from '../inbox/entryState.ts';
import { useMark } from '../inbox/useMark.ts';
import { Icon } from '../shell/icons.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** What can be done with the entry. */
export function EntryActions({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const assign = useAssign();
  const mark = useMark();
  const done = entry.done_at !== null;
  return (
    <Group gap="xs">
      <DialButton
        target={{ entry_id: entry.id }}
        number={entry.external_number ?? entry.external_number_raw}
        who={whoOf(entry, t)}
      />
      {entry.match.status !== 'own_number' && (
        <Button variant="default" size="sm" onClick={() => assign(entry)}>
          {entry.customer ? t.entry.change : t.entry.assign}
        </Button>
      )}
      {isWork(entry) && (
        <Button
          variant="default"
          size="sm"
          leftSection={<Icon name={done ? 'undo' : 'check'} size={16} />}
          loading={mark.isPending}
          onClick={() => mark.mutate({ ids: [entry.id], done: !done })}
        >
          {done ? t.call.markOpen : t.call.markDone}
        </Button>
      )}
    </Group>
  );
}

/** What the phone system said of the call, to attach to a report of a wrong row. */
export function ReportCall({ id }: { readonly id: string }) {
  const { t } = useLanguage();
  const save = useMutation({
    mutationFn: () => download(`/api/crm/comms/${id}/transcript`, 'text/plain', `${id}.txt`),
    onError: (error) => say(messageOf(error, t)),
  });
  return (
    <div>
      <Button
        variant="default"
        size="sm"
        leftSection={<Icon name="download" size={16} />}
        onClick={() => save.mutate()}
        loading={save.isPending}
      >
        {t.entry.report}
      </Button>
      <Text size="sm" c="dimmed" mt={6}>
        {t.entry.reportText}
      </Text>
    </div>
  );
}
