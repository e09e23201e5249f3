import { useFormat } from '../format/useFormat.ts';
import { useNow } from '../format/useNow.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './Due.module.css';

/** Until when they are to be called; what is past is said. */
export function Due({ at }: { readonly at: string | null }) {
  const { t } = useLanguage();
  const format = useFormat();
  const now = useNow();
  if (at === null) return null;
  const time = new Date(at);
  const isOver = time.getTime() < now.getTime();
  const point = format.point(time, now);
  return (
    <time dateTime={at} className={styles.due} data-over={isOver}>
      {isOver ? t.callBacks.overdue(point) : t.callBacks.due(point)}
    </time>
  );
}
