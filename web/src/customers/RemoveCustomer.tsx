import { Alert, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { CUSTOMERS, removeCustomer } from '../api/customers.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';

/** Asks once more before it removes. */
export function RemoveCustomer({ id }: { readonly id: string }) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const [asked, ask] = useDisclosure(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => removeCustomer(id),
    onSuccess: () => {
      navigate('/customers');
      say(t.customers.removed);
      return queries.invalidateQueries({ queryKey: CUSTOMERS });
    },
  });
  if (!asked) {
    return (
      <Button variant="subtle" color="red" onClick={ask.open}>
        {t.customers.remove}
      </Button>
    );
  }
  return (
    <Alert color="red" title={error ? messageOf(error, t) : t.customers.removeSure} role="alert">
      <Group>
        <Button color="red" onClick={() => mutate()} loading={isPending}>
          {t.customers.remove}
        </Button>
        <Button variant="default" onClick={ask.close}>
          {t.app.cancel}
        </Button>
      </Group>
    </Alert>
  );
}
