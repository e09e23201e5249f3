import { NativeSelect, UnstyledButton } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { useCallBackCounts } from '../api/callBacks.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import chips from '../inbox/ViewChips.module.css';
import { LogCallButton } from '../logCall/LogCallButton.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import styles from './CallBacksPage.module.css';
import { Callers } from './Callers.tsx';
import { SHOWS, type Shown, SORTS, shownOf, withShown } from './shown.ts';

/** Who waits to be called back: one line a caller, which goes when somebody has spoken with them. */
export default function CallBacksPage() {
  const { t } = useLanguage();
  const format = useFormat();
  const [search, setSearch] = useSearchParams();
  const shown = shownOf(search);
  const change = (some: Partial<Shown>) => setSearch((before) => withShown(before, some));
  const { data: counts } = useCallBackCounts();
  const numbers = { open: counts?.callers, mine: counts?.mine, closed: undefined };
  return (
    <PageLayout title={t.callBacks.title} actions={<LogCallButton customer={null} />}>
      <div className={styles.head}>
        <fieldset className={chips.chips} aria-label={t.callBacks.show.label}>
          {SHOWS.map((show) => (
            <UnstyledButton
              key={show}
              className={chips.chip}
              aria-pressed={shown.show === show}
              onClick={() => change({ show })}
            >
              {t.callBacks.show[show]}
              {numbers[show] !== undefined && numbers[show] > 0 && (
                <span className={chips.number}>
                  {`${format.figure(numbers[show])}${show === 'open' && counts?.at_least ? '+' : ''}`}
                </span>
              )}
            </UnstyledButton>
          ))}
        </fieldset>
        {shown.show !== 'closed' && (
          <NativeSelect
            aria-label={t.callBacks.sort.label}
            size="xs"
            value={shown.sort}
            onChange={({ currentTarget: { value } }) =>
              change({ sort: SORTS.find((one) => one === value) ?? 'waiting' })
            }
            data={SORTS.map((value) => ({ value, label: t.callBacks.sort[value] }))}
          />
        )}
      </div>
      {counts && (
        <p className={styles.beside}>
          {counts.withheld > 0 && (
            <>
              <span>{t.callBacks.withheld(counts.withheld)}</span>{' '}
              <Link href="/?view=missed">{t.callBacks.toMissed}</Link>
            </>
          )}{' '}
          <span>{t.callBacks.since(format.short(new Date(counts.since)))}</span>
        </p>
      )}
      <Callers key={`${shown.show} ${shown.sort}`} shown={shown} counts={counts} />
    </PageLayout>
  );
}
