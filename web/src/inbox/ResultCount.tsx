import { type CommsQuery, useCounts } from '../api/comms.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { type Filters, isFiltered } from './filters.ts';
import styles from './ResultCount.module.css';

type Props = { readonly query: CommsQuery; readonly filters: Filters };

/** How many entries the list has; said aloud only where somebody looks for some, since calls come in all the time. */
export function ResultCount({ query, filters }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const { data } = useCounts(query);
  return (
    <p className={styles.count} role={isFiltered(filters) ? 'status' : undefined}>
      {data && (data.at_least ? t.inbox.resultsAtLeast(format.figure(data.total - 1)) : t.inbox.results(data.total))}
    </p>
  );
}
