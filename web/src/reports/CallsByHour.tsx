import { type Period, useReport } from '../api/reports.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './CallsByHour.module.css';
import { OUTCOMES, totalOf } from './outcomes.ts';
import { ReportCard } from './ReportCard.tsx';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** The hours of the week, the busier the darker. */
export function CallsByHour({ period }: { readonly period: Period }) {
  const { t } = useLanguage();
  const format = useFormat();
  const query = useReport('calls_by_hour', period);
  const rows = query.data ?? [];
  const calls = new Map(rows.map((row) => [`${row.weekday} ${row.hour}`, totalOf(row)]));
  const most = Math.max(1, ...calls.values());
  const busiest = [...rows].sort((a, b) => totalOf(b) - totalOf(a))[0];
  const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
  return (
    <ReportCard
      title={t.reports.byHour}
      name="calls-by-hour"
      query={query}
      table={{
        head: [
          t.reports.weekday,
          t.reports.hour,
          t.reports.calls,
          ...OUTCOMES.map((outcome) => t.call.outcome[outcome]),
        ],
        rows: rows.map((row) => [
          format.weekday(row.weekday),
          clock(row.hour),
          format.figure(totalOf(row)),
          ...OUTCOMES.map((one) => format.figure(row[one])),
        ]),
      }}
    >
      {busiest && (
        <p>
          {t.reports.busiest(format.weekday(busiest.weekday), clock(busiest.hour), format.figure(totalOf(busiest)))}
        </p>
      )}
      <div className={styles.week} aria-hidden="true">
        {WEEKDAYS.map((weekday) => (
          <div key={weekday} className={styles.day}>
            <span className={styles.name}>{format.weekday(weekday)}</span>
            {HOURS.map((hour) => {
              const count = calls.get(`${weekday} ${hour}`) ?? 0;
              return (
                <span
                  key={hour}
                  className={styles.hour}
                  style={{ background: `color-mix(in srgb, var(--call-rail) ${(100 * count) / most}%, var(--quiet))` }}
                  title={`${format.weekday(weekday)} ${clock(hour)}: ${count}`}
                />
              );
            })}
          </div>
        ))}
        <div className={styles.day}>
          <span className={styles.name} />
          {HOURS.map((hour) => (
            <span key={hour} className={styles.label}>
              {hour % 6 === 0 ? hour : ''}
            </span>
          ))}
        </div>
      </div>
    </ReportCard>
  );
}
