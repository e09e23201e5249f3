import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { rebuilds } from '../api/admin.ts';
import type { Rebuild } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useVersionChange } from './useVersionChange.ts';

/** Asks once more, then has everybody see this version. */
export function Activate({ rebuild: { version, parked } }: { readonly rebuild: Rebuild }) {
  const { t } = useLanguage();
  const [opened, modal] = useDisclosure(false);
  const [force, setForce] = useState(false);
  const activate = useVersionChange(async () => {
    await rebuilds.activate(version, force);
    modal.close();
  }, t.rebuild.activated);
  return (
    <>
      <Button size="compact-sm" onClick={modal.open}>
        {t.rebuild.activate}
      </Button>
      <Modal
        opened={opened}
        onClose={modal.close}
        title={`${t.rebuild.activate}: ${t.rebuild.version(version)}`}
        closeButtonProps={{ 'aria-label': t.app.close }}
      >
        <Stack>
          <Text>{t.rebuild.activateText}</Text>
          {parked > 0 && (
            <Checkbox
              label={t.rebuild.force(parked)}
              checked={force}
              onChange={(event) => setForce(event.currentTarget.checked)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={modal.close}>
              {t.app.cancel}
            </Button>
            <Button onClick={() => activate.mutate()} loading={activate.isPending} disabled={parked > 0 && !force}>
              {t.rebuild.activate}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
