import { Button } from '@mantine/core';
import type { ChosenCustomer } from '../customers/CustomerPicker.tsx';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { useLogCall } from './LogCallProvider.tsx';

export function LogCallButton({ customer }: { readonly customer: ChosenCustomer | null }) {
  const { t } = useLanguage();
  const { may } = useWho();
  const { open } = useLogCall();
  if (!may.write) return null;
  return (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => open(customer)}>
      {t.logCall.button}
    </Button>
  );
}
