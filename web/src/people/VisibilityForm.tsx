import { Checkbox, Select, Stack } from '@mantine/core';
import { useSaveSettings, useSettings } from '../api/settings.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import { SIGHTS } from './personForm.ts';

const NARROWED = ['agent', 'auditor'] as const;

/** Whose calls a role sees, and whether it sees numbers; what is chosen is in force at once. */
export function VisibilityForm() {
  const { t } = useLanguage();
  const settings = useSettings();
  const save = useSaveSettings({
    onSuccess: () => say(t.rebuild.settingsSaved),
    onError: (error) => say(messageOf(error, t)),
  });
  if (settings.error) return <Failed error={settings.error} retry={() => void settings.refetch()} />;
  const { visibility, masked_roles: masked = [] } = settings.data ?? {};
  const isOff = visibility === undefined || save.isPending;
  return (
    <Stack>
      {NARROWED.map((role) => (
        <Select
          key={role}
          label={t.people.seesOf[role]}
          data={SIGHTS.map((value) => ({ value, label: t.people.sights[value] }))}
          value={visibility?.[role] ?? null}
          onChange={(value) => {
            const sight = SIGHTS.find((one) => one === value);
            if (visibility && sight) save.mutate({ visibility: { ...visibility, [role]: sight } });
          }}
          disabled={isOff}
          allowDeselect={false}
          maw={360}
        />
      ))}
      {NARROWED.map((role) => (
        <Checkbox
          key={role}
          label={t.people.masked[role]}
          description={t.people.maskedHint}
          checked={masked.includes(role)}
          onChange={(event) => {
            const others = masked.filter((one) => one !== role);
            save.mutate({ masked_roles: event.currentTarget.checked ? [...others, role] : others });
          }}
          disabled={isOff}
        />
      ))}
    </Stack>
  );
}
