import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';

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
    message: offer ? (
      <Group justify="space-between">
        {message}
        <Button variant="subtle" size="compact-sm" onClick={act}>
          {offer.label}
        </Button>
      </Group>
    ) : (
      message
    ),
  });
}
