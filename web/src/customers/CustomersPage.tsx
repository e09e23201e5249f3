import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'wouter';
import { useCustomers } from '../api/customers.ts';
import type { Customer } from '../api/types.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { Failed } from '../shell/Failed.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import { CustomerModal } from './CustomerModal.tsx';
import styles from './CustomersPage.module.css';

const TYPING_MS = 250;

export default function CustomersPage() {
  const { t } = useLanguage();
  const { may } = useWho();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const list = useCustomers(q);
  const customers = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const [creating, modal] = useDisclosure(false);
  const create = may.write && <Button onClick={modal.open}>{t.customers.new}</Button>;
  return (
    <PageLayout title={t.customers.title} actions={create}>
      <TextInput
        aria-label={t.customers.search}
        placeholder={t.customers.search}
        leftSection={<Icon name="search" size={16} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-search
        mb="md"
      />
      {list.isPending && <LoadingRows />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && customers.length === 0 && (
        <StateMessage
          icon="people"
          title={q === '' ? t.customers.empty : t.customers.nothing}
          text={q === '' ? t.customers.emptyText : t.customers.nothingText}
        >
          {create}
        </StateMessage>
      )}
      <ul className={styles.list}>
        {customers.map((customer) => (
          <Row key={customer.id} customer={customer} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage} mt="md">
          {t.app.more}
        </Button>
      )}
      {creating && <CustomerModal customer={null} etag={null} close={modal.close} />}
    </PageLayout>
  );
}

function Row({ customer: { id, name, numbers } }: { readonly customer: Customer }) {
  const { t } = useLanguage();
  const [first, ...rest] = numbers;
  return (
    <li>
      <Link href={`/customers/${encodeURIComponent(id)}`} className={styles.row}>
        <span className={styles.initial} aria-hidden="true">
          {[...name][0]}
        </span>
        <bdi className={styles.name}>{name}</bdi>
        <span className={styles.numbers}>
          {first ? spacedNumber(first.e164 ?? first.number) : t.customers.noNumbers}{' '}
          {rest.length > 0 && t.customers.moreNumbers(rest.length)}
        </span>
      </Link>
    </li>
  );
}
