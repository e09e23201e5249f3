import { Button } from '@mantine/core';
import { type CommsQuery, exportPath } from '../api/comms.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';

/** The whole list as a table, straight to the disk: it may be of millions of calls. */
export function ExportLink({ query }: { readonly query: CommsQuery }) {
  const { t } = useLanguage();
  const { may } = useWho();
  if (!may.audit) return null;
  return (
    <Button
      component="a"
      href={exportPath(query)}
      download
      variant="subtle"
      size="compact-sm"
      leftSection={<Icon name="download" size={14} />}
      title={t.inbox.exportText}
    >
      {t.inbox.export}
    </Button>
  );
}
