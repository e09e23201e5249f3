import { Badge, Button, TextInput } from '@mantine/core';
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
import { NotUnderstood } from './NotUnderstood.tsx';

const TYPING_MS = 250;

export default function CustomersPage() {
  const { t } = useLanguage();
  const { may } = useWho();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const [notUnderstoodAlone, showNotUnderstoodAlone] = useState(false);
  const list = useCustomers(q, notUnderstoodAlone);
  const numbers = list.data?.pages[0]?.numbers;
  const customers = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const [creating, modal] = useDisclosure(false);
  const isNarrowed = q !== '' || notUnderstoodAlone;
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
      {numbers && <NotUnderstood numbers={numbers} alone={notUnderstoodAlone} show={showNotUnderstoodAlone} />}
      {list.isPending && <LoadingRows />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.isSuccess && customers.length === 0 && (
        <StateMessage
          icon="people"
          title={isNarrowed ? t.customers.nothing : t.customers.empty}
          text={isNarrowed ? t.customers.nothingText : t.customers.emptyText}
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
  const wrong = numbers.filter(({ e164 }) => e164 === null);
  const [first, ...rest] = [...wrong, ...numbers.filter(({ e164 }) => e164 !== null)];
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
        {wrong.length > 0 && <Badge className={styles.wrong}>{t.customers.wrongNumbers(wrong.length)}</Badge>}
      </Link>
    </li>
  );
}
