import { Text } from '@mantine/core';
import type { Customer } from '../api/types.ts';
import { DialButton } from '../dial/DialButton.tsx';
import { spacedNumber } from '../format/phone.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './CustomerNumbers.module.css';

export function CustomerNumbers({ customer }: { readonly customer: Customer }) {
  const { t } = useLanguage();
  const format = useFormat();
  if (customer.numbers.length === 0) return <Text c="dimmed">{t.customers.noNumbers}</Text>;
  return (
    <ul className={styles.numbers}>
      {customer.numbers.map(({ number, e164, label, from, to }, index) => (
        <li key={`${number} ${from} ${to}`}>
          <strong>{spacedNumber(e164 ?? number)}</strong>
          <DialButton
            target={{ customer_id: customer.id, number_index: index }}
            number={to === null ? e164 : null}
            who={`${customer.name}, ${spacedNumber(e164 ?? number)}`}
          />
          <span>
            {[
              label,
              from && t.customers.since(format.short(new Date(from))),
              to && t.customers.until(format.short(new Date(to))),
              e164 === null && t.customers.notUnderstood,
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
