import { notifications } from '@mantine/notifications';

/** Says that something was done, politely and for a few seconds. */
export function say(message: string): void {
  notifications.show({ message, withBorder: true, autoClose: 6_000 });
}
