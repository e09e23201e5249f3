import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import { CallsByDay } from './CallsByDay.tsx';
import { CallsByHour } from './CallsByHour.tsx';
import { MissedByExtension } from './MissedByExtension.tsx';
import { daysBefore, PRESETS, periodOf } from './period.ts';
import { Summary } from './Summary.tsx';

/** Figures of a period, which stands in the URL. */
export default function ReportsPage() {
  const { t } = useLanguage();
  const [search, setSearch] = useSearchParams();
  const { from, to, days, period } = periodOf(search, new Date());
  const { may } = useWho();
  if (!may.seeAll) {
    return (
      <PageLayout title={t.nav.reports}>
        <StateMessage icon="chart" title={t.errors.notAll} text={t.errors.notAllText} />
      </PageLayout>
    );
  }
  const change = (some: Readonly<Record<string, string>>) => setSearch({ from, to, ...some }, { replace: true });
  return (
    <PageLayout title={t.nav.reports}>
      <Group align="end" mb="lg">
        <SegmentedControl
          aria-label={t.reports.period}
          data={PRESETS.map((preset) => ({ value: String(preset), label: t.reports.days(preset) }))}
          value={String(days)}
          onChange={(value) => change(daysBefore(new Date(), Number(value)))}
        />
        <TextInput
          type="date"
          label={t.inbox.from}
          value={from}
          max={to}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t.inbox.to}
          value={to}
          min={from}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
      </Group>
      <Summary period={period} />
      <CallsByDay period={period} />
      <CallsByHour period={period} />
      <MissedByExtension period={period} />
    </PageLayout>
  );
}
