import { Button, CopyButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import type { Invitation } from '../api/directory.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

type Props = { readonly name: string; readonly invitation: Invitation; readonly close: () => void };

/** The link, which is shown once. */
export function InvitationLink({ name, invitation: { link, expires_at }, close }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  return (
    <Modal opened onClose={close} title={t.people.invited(name)} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack>
        <Text size="sm">{t.people.linkText(format.short(new Date(expires_at)))}</Text>
        <TextInput
          label={t.people.link}
          value={link}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
          data-autofocus
        />
        <Group justify="flex-end">
          <CopyButton value={link}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? t.people.copied : t.people.copy}</Button>}
          </CopyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
