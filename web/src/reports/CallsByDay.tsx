import { type Period, useReport } from '../api/reports.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './CallsByDay.module.css';
import { OUTCOMES, totalOf } from './outcomes.ts';
import { ReportCard } from './ReportCard.tsx';

/** A bar a day, made of its outcomes. */
export function CallsByDay({ period }: { readonly period: Period }) {
  const { t } = useLanguage();
  const format = useFormat();
  const query = useReport('calls_by_day', period);
  const rows = query.data ?? [];
  const most = Math.max(1, ...rows.map(totalOf));
  const dayOf = (day: string) => format.date(new Date(`${day}T00:00`));
  return (
    <ReportCard
      title={t.reports.byDay}
      name="calls-by-day"
      query={query}
      table={{
        head: [t.reports.day, t.reports.calls, ...OUTCOMES.map((outcome) => t.call.outcome[outcome])],
        rows: rows.map((row) => [
          row.day,
          format.figure(totalOf(row)),
          ...OUTCOMES.map((one) => format.figure(row[one])),
        ]),
      }}
    >
      <div className={styles.chart} aria-hidden="true">
        {rows.map((row) => (
          <div key={row.day} className={styles.day} title={`${dayOf(row.day)}: ${totalOf(row)}`}>
            {OUTCOMES.map((outcome) => (
              <span key={outcome} data-outcome={outcome} style={{ height: `${(100 * row[outcome]) / most}%` }} />
            ))}
          </div>
        ))}
      </div>
      <div className={styles.axis} aria-hidden="true">
        <span>{rows[0] && dayOf(rows[0].day)}</span>
        <span>{t.reports.most(format.figure(most))}</span>
        <span>{rows.length > 1 && dayOf(rows.at(-1)?.day ?? '')}</span>
      </div>
      <ul className={styles.legend} aria-hidden="true">
        {OUTCOMES.map((outcome) => (
          <li key={outcome} data-outcome={outcome}>
            {t.call.outcome[outcome]}
          </li>
        ))}
      </ul>
    </ReportCard>
  );
}
