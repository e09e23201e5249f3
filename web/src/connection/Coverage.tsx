import { useCoverage } from '../api/admin.ts';
import type { PbxCoverage } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useNow } from '../format/useNow.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { startOf } from '../inbox/filters.ts';
import { daysBefore } from '../reports/period.ts';
import { ReportCard } from '../reports/ReportCard.tsx';
import styles from './Coverage.module.css';
import { Gaps } from './Gaps.tsx';

const DAYS = 30;

/** How much of the last days was heard of each phone system, and what was not. */
export function Coverage() {
  const { t } = useLanguage();
  const format = useFormat();
  const { from, to } = daysBefore(useNow(), DAYS);
  const query = useCoverage({ from: startOf(from, 0), to: startOf(to, 1) });
  const pbxs = query.data ?? [];
  const time = (seconds: number) => format.duration(Math.round(seconds));
  const head = [
    t.entry.pbx,
    t.reports.day,
    t.connection.heard,
    t.connection.heardLater,
    t.connection.notHeard,
    t.connection.filledIn,
  ];
  const rows = pbxs.flatMap(({ pbx, days }) =>
    days.map(({ day, listened_seconds, journal_seconds, gap_seconds, filled_seconds }) => [
      pbx,
      day,
      time(listened_seconds),
      time(journal_seconds),
      time(gap_seconds - filled_seconds),
      time(filled_seconds),
    ]),
  );
  return (
    <>
      <ReportCard title={t.connection.coverage} name="coverage" query={query} table={{ head, rows }}>
        <p className={styles.text}>{t.connection.coverageText}</p>
        {pbxs.map((coverage) => (
          <Strip key={coverage.pbx} coverage={coverage} />
        ))}
        <ul className={styles.legend} aria-hidden="true">
          <li data-part="heard">{t.connection.heard}</li>
          <li data-part="filled">{t.connection.filledIn}</li>
          <li data-part="gap">{t.connection.notHeard}</li>
        </ul>
      </ReportCard>
      {query.data && <Gaps pbxs={query.data} />}
    </>
  );
}

/** A bar a day. The same stands in the figures below, for whoever does not see it. */
function Strip({ coverage: { pbx, days, gaps_in_all } }: { readonly coverage: PbxCoverage }) {
  const { t } = useLanguage();
  const format = useFormat();
  const sum = (name: 'listened_seconds' | 'gap_seconds') => days.reduce((total, day) => total + day[name], 0);
  const [heard, gap] = [sum('listened_seconds'), sum('gap_seconds')];
  const heardOf = days.filter((day) => day.listened_seconds + day.gap_seconds > 0).length;
  const dayOf = (day: string | undefined) => day && format.date(new Date(`${day}T00:00`));
  return (
    <section aria-label={`${t.entry.pbx} ${pbx}`} className={styles.pbx}>
      <h3 className={styles.name}>
        {pbx}
        <span>
          {heardOf === 0
            ? t.connection.nothingHeard
            : t.connection.heardOf(format.percent(notRoundedUp(heard / (heard + gap))), heardOf, gaps_in_all)}
        </span>
      </h3>
      <div className={styles.strip} aria-hidden="true">
        {days.map((day) => (
          <Day key={day.day} day={day} title={`${dayOf(day.day)}`} />
        ))}
      </div>
      <div className={styles.axis} aria-hidden="true">
        <span>{dayOf(days[0]?.day)}</span>
        <span>{dayOf(days.at(-1)?.day)}</span>
      </div>
    </section>
  );
}

function Day({ day, title }: { readonly day: PbxCoverage['days'][number]; readonly title: string }) {
  const { t } = useLanguage();
  const format = useFormat();
  const { seconds, listened_seconds, gap_seconds, filled_seconds } = day;
  const parts = [
    { part: 'heard', word: t.connection.heard, seconds: listened_seconds },
    { part: 'filled', word: t.connection.filledIn, seconds: filled_seconds },
    { part: 'gap', word: t.connection.notHeard, seconds: gap_seconds - filled_seconds },
  ].filter((one) => one.seconds > 0);
  const words = parts.map((one) => `${one.word}: ${format.duration(Math.round(one.seconds))}`);
  return (
    <div className={styles.day} title={[title, ...words].join('\n')}>
      {parts.map((one) => (
        <span key={one.part} data-part={one.part} style={{ flexBasis: `${(100 * one.seconds) / seconds}%` }} />
      ))}
    </div>
  );
}

/** A gap of a minute in a month is seen: 99.9 %, not 100 %. */
function notRoundedUp(share: number): number {
  return Math.floor(share * 1000) / 1000;
}
