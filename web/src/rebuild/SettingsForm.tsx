import { Select } from '@mantine/core';
import { useSaveSettings, useSettings } from '../api/settings.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

const NOTE_REMOVAL = ['author', 'author_and_admins', 'everyone'] as const;

/** The settings that decide no row: what is chosen is in force at once. */
export function SettingsForm() {
  const { t } = useLanguage();
  const settings = useSettings();
  const save = useSaveSettings({
    onSuccess: () => say(t.rebuild.settingsSaved),
    onError: (error) => say(messageOf(error, t)),
  });
  if (settings.error) return <Failed error={settings.error} retry={() => void settings.refetch()} />;
  return (
    <Select
      label={t.rebuild.noteRemoval}
      data={NOTE_REMOVAL.map((value) => ({ value, label: t.rebuild.noteRemovals[value] }))}
      value={settings.data?.note_removal ?? null}
      onChange={(value) => value !== null && save.mutate({ note_removal: value })}
      disabled={settings.data === undefined || save.isPending}
      allowDeselect={false}
      maw={360}
    />
  );
}
