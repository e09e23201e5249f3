import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './Time.module.css';
import { useFormat } from './useFormat.ts';
import { useNow } from './useNow.ts';

/** A time as one says it; exactly on hover, on focus of the row that it stands in (`data-row`), and for screen readers. */
export function Time({ at }: { readonly at: string | null }) {
  const { t } = useLanguage();
  const format = useFormat();
  const now = useNow();
  if (at === null) return <span>{t.time.unknown}</span>;
  const time = new Date(at);
  return (
    <time dateTime={at} className={styles.time}>
      <span aria-hidden="true">{format.ago(time, now)}</span>
      <span className={styles.exact}>{format.exact(time)}</span>
    </time>
  );
}
