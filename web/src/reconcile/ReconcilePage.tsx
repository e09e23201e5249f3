import { Anchor, Button, Group, Select, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { usePbxStates } from '../api/admin.ts';
import { type Comparison, useReconcile } from '../api/reconcile.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { startOf } from '../inbox/filters.ts';
import { daysBefore } from '../reports/period.ts';
import { Card } from '../shell/Card.tsx';
import { Failed } from '../shell/Failed.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { Disagreements } from './Disagreements.tsx';

const USUAL_DAYS = 7;

/** What was heard against the PBX's own call records. Nothing is compared before somebody asks for it: it is recorded. */
export default function ReconcilePage() {
  const { t } = useLanguage();
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const query = useReconcile(comparison);
  const { data, error, isFetching } = query;
  return (
    <>
      <Anchor component={Link} href="/connection" size="sm">
        {t.nav.connection}
      </Anchor>
      <PageLayout title={t.reconcile.title}>
        <Card title={t.reconcile.whatToCompare} text={t.reconcile.text}>
          <ComparisonForm compare={setComparison} busy={isFetching} />
        </Card>
        {error && <Failed error={error} retry={() => void query.refetch()} />}
        {data && <Disagreements pages={data.pages} isDone={!isFetching} />}
      </PageLayout>
    </>
  );
}

type FormProps = { readonly compare: (comparison: Comparison) => void; readonly busy: boolean };

function ComparisonForm({ compare, busy }: FormProps) {
  const { t } = useLanguage();
  const [{ from, to }, setDays] = useState(() => daysBefore(new Date(), USUAL_DAYS));
  const [pbx, setPbx] = useState<string | null>(null);
  const pbxs = usePbxStates().data ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    compare({ from: startOf(from, 0), to: startOf(to, 1), pbx: pbx ?? '' });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end">
        <TextInput
          type="date"
          required
          label={t.inbox.from}
          value={from}
          max={to}
          onChange={(event) => setDays({ from: event.currentTarget.value, to })}
        />
        <TextInput
          type="date"
          required
          label={t.inbox.to}
          value={to}
          min={from}
          onChange={(event) => setDays({ from, to: event.currentTarget.value })}
        />
        {pbxs.length > 1 && (
          <Select
            label={t.entry.pbx}
            placeholder={t.reconcile.everyPbx}
            clearable
            data={pbxs.map((one) => one.pbx)}
            value={pbx}
            onChange={setPbx}
          />
        )}
        <Button type="submit" loading={busy}>
          {t.reconcile.compare}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt="xs">
        {t.reconcile.recorded}
      </Text>
    </form>
  );
}
