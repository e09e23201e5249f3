import { type Period, useReport } from '../api/reports.ts';
import type { ReportRows } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { OUTCOMES } from './outcomes.ts';
import { ReportCard } from './ReportCard.tsx';
import styles from './Summary.module.css';

export function Summary({ period }: { readonly period: Period }) {
  const { t } = useLanguage();
  const format = useFormat();
  const query = useReport('summary', period);
  const rows = query.data ?? [];
  const seconds = (value: number | null) => (value === null ? '–' : format.duration(value));
  const figuresOf = (row: ReportRows['summary']): (readonly [name: string, value: string])[] => [
    [t.reports.calls, format.figure(row.calls)],
    [t.reports.rate, format.percent(row.answered / row.calls)],
    [t.reports.handledByMachine, format.figure(row.handled_by_machine)],
    [t.reports.ring, seconds(row.median_ring_seconds)],
    [t.reports.longestRing, seconds(row.longest_ring_seconds)],
    [t.reports.talk, seconds(row.median_talk_seconds)],
    [t.reports.totalTalk, seconds(row.total_talk_seconds)],
  ];
  const [first] = rows;
  const names = first ? figuresOf(first).map(([name]) => name) : [];
  return (
    <ReportCard
      title={t.reports.summary}
      name="summary"
      query={query}
      table={{
        head: [t.logCall.direction, ...names, ...OUTCOMES.map((outcome) => t.call.outcome[outcome])],
        rows: rows.map((row) => [
          t.call.direction[row.direction],
          ...figuresOf(row).map(([, value]) => value),
          ...OUTCOMES.map((outcome) => format.figure(row[outcome])),
        ]),
      }}
    >
      {rows.map((row) => (
        <div key={row.direction} className={styles.direction}>
          <h3>{t.call.direction[row.direction]}</h3>
          <dl>
            {figuresOf(row).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
    </ReportCard>
  );
}
