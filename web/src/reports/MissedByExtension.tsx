import { type Period, useReport } from '../api/reports.ts';
import { speakerOf } from '../format/party.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './MissedByExtension.module.css';
import { ReportCard } from './ReportCard.tsx';

const DRAWN = 15;

/** Where it rang and nobody answered. */
export function MissedByExtension({ period }: { readonly period: Period }) {
  const { t } = useLanguage();
  const format = useFormat();
  const query = useReport('missed_by_extension', period);
  const rows = query.data ?? [];
  const most = Math.max(1, ...rows.map(({ missed }) => missed));
  return (
    <ReportCard
      title={t.reports.missedBy}
      name="missed-by-extension"
      query={query}
      table={{
        head: [t.inbox.extension, t.call.outcome.missed],
        rows: rows.map(({ extension, missed }) => [extension, format.figure(missed)]),
      }}
    >
      <ul className={styles.bars} aria-hidden="true">
        {rows.slice(0, DRAWN).map(({ extension, missed }) => (
          <li key={extension}>
            <span>{speakerOf(extension, t)}</span>
            <span className={styles.bar} style={{ width: `${(70 * missed) / most}%` }} />
            <span>{format.figure(missed)}</span>
          </li>
        ))}
      </ul>
    </ReportCard>
  );
}
