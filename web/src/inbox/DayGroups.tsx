import type { ReactNode } from 'react';
import type { Listed } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useNow } from '../format/useNow.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './DayGroups.module.css';

type Props = { readonly entries: readonly Listed[]; readonly row: (entry: Listed) => ReactNode };

/** Entries, newest first, under the day, week or month that they happened in. */
export function DayGroups({ entries, row }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const days = Map.groupBy(entries, ({ occurred_at }) =>
    occurred_at === null ? t.time.unknown : format.stretch(new Date(occurred_at), now),
  );
  return [...days].map(([day, ofDay]) => (
    <section key={day} className={styles.day} aria-label={day}>
      <h2 className={styles.heading}>{day}</h2>
      <ul className={styles.list}>{ofDay.map(row)}</ul>
    </section>
  ));
}
