import { Anchor, Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useCustomer } from '../api/customers.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LogCallButton } from '../logCall/LogCallButton.tsx';
import { useLogCall } from '../logCall/LogCallProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { CustomerComms } from './CustomerComms.tsx';
import { CustomerModal } from './CustomerModal.tsx';
import { CustomerNumbers } from './CustomerNumbers.tsx';
import { RemoveCustomer } from './RemoveCustomer.tsx';

/** One customer: the communication with it, and what is known of it. */
export default function CustomerPage({ id }: { readonly id: string }) {
  const { t } = useLanguage();
  const { may } = useWho();
  const { data, error, refetch } = useCustomer(id);
  const [editing, modal] = useDisclosure(false);
  const { offer } = useLogCall();
  const customer = data?.data;
  const name = customer?.name;
  useEffect(() => {
    if (name !== undefined) offer({ id, name });
    return () => offer(null);
  }, [id, name, offer]);
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (!customer) return null;
  return (
    <>
      <Anchor component={Link} href="/customers" size="sm">
        {t.customers.back}
      </Anchor>
      <PageLayout
        title={customer.name}
        actions={
          <>
            {may.write && (
              <Button variant="default" leftSection={<Icon name="edit" size={16} />} onClick={modal.open}>
                {t.customers.edit}
              </Button>
            )}
            <LogCallButton customer={{ id, name: customer.name }} />
          </>
        }
      >
        <Tabs defaultValue="comms" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="comms">{t.customers.comms}</Tabs.Tab>
            <Tabs.Tab value="details">{t.customers.details}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="comms">
            <CustomerComms id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="details">
            <CustomerNumbers customer={customer} />
            {may.admin && <RemoveCustomer id={id} />}
          </Tabs.Panel>
        </Tabs>
        {editing && <CustomerModal customer={customer} etag={data.etag} close={modal.close} />}
      </PageLayout>
    </>
  );
}
