import { Button, CloseButton, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

const SECONDS = 8;

type Offer = { readonly label: string; readonly act: () => void };

/** Says that something was done, politely and for a few seconds, and offers one thing to do with it. */
export function say(message: string, offer?: Offer): void {
  const id = crypto.randomUUID();
  const act = () => {
    notifications.hide(id);
    offer?.act();
  };
  notifications.show({
    id,
    withBorder: true,
    autoClose: SECONDS * 1_000,
    withCloseButton: false,
    message: <Said message={message} offer={offer && { ...offer, act }} hide={() => notifications.hide(id)} />,
  });
}

type SaidProps = { readonly message: string; readonly offer: Offer | undefined; readonly hide: () => void };

function Said({ message, offer, hide }: SaidProps) {
  const { t } = useLanguage();
  return (
    <Group justify="space-between" wrap="nowrap">
      {message}
      <Group wrap="nowrap" gap="xs">
        {offer && (
          <Button variant="subtle" size="compact-sm" onClick={offer.act}>
            {offer.label}
          </Button>
        )}
        <CloseButton aria-label={t.app.close} onClick={hide} />
      </Group>
    </Group>
  );
}
