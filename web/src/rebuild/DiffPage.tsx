import { Anchor, Button, Group, SegmentedControl, Select, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { type DiffFilter, rebuilds, useDiff, useDiffCounts, useRebuilds } from '../api/admin.ts';
import type { Diff } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { wordFor } from '../i18n/why.ts';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { Card } from '../shell/Card.tsx';
import { Failed } from '../shell/Failed.tsx';
import { Icon } from '../shell/icons.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { Activate } from './Activate.tsx';
import { CountState } from './CountState.tsx';
import styles from './DiffPage.module.css';
import { DiffRow } from './DiffRow.tsx';

const KINDS = ['', 'added', 'removed', 'changed'] as const;

/** What readers would see otherwise, before anybody does. */
export default function DiffPage({ version }: { readonly version: number }) {
  const { t } = useLanguage();
  const format = useFormat();
  const [filter, setFilter] = useState<DiffFilter>({ kind: '', field: '' });
  const diff = useDiff(version, filter);
  const rebuild = useRebuilds().data?.find((one) => one.version === version);
  const pages = diff.data?.pages ?? [];
  const { counts, isError } = useDiffCounts(version, pages[0]);
  const { hasNextPage, isFetching, fetchNextPage } = diff;
  // where few rows differ a page may be empty while others are not
  const looksOn = hasNextPage && pages.at(-1)?.items.length === 0 && !(counts && hasNone(counts, filter));
  useEffect(() => {
    if (looksOn && !isFetching) void fetchNextPage();
  }, [looksOn, isFetching, fetchNextPage]);
  if (diff.isError) return <Failed error={diff.error} retry={() => void diff.refetch()} />;
  if (!counts) return <LoadingRows />;
  const { summary, against, counted } = counts;
  const number = { '': summary.added + summary.removed + summary.changed, ...summary };
  const items = pages.flatMap((page) => page.items);
  return (
    <>
      <Anchor component={Link} href="/rebuild" size="sm">
        {t.nav.rebuild}
      </Anchor>
      <PageLayout
        title={t.rebuild.diffTitle(version, against)}
        actions={
          <>
            <Button
              component="a"
              href={rebuilds.diffCsv(version)}
              download
              variant="default"
              leftSection={<Icon name="download" size={16} />}
              size="compact-sm"
            >
              CSV
            </Button>
            {rebuild && (rebuild.state === 'ready' || rebuild.state === 'previous') && <Activate rebuild={rebuild} />}
          </>
        }
      >
        <CountState diff={counts} isError={isError} />
        <Card title={t.rebuild.summary}>
          <Text mb="sm">
            {number[''] === 0 && counted?.whole
              ? t.rebuild.same
              : t.rebuild.counts(
                  format.figure(summary.added),
                  format.figure(summary.removed),
                  format.figure(summary.changed),
                )}
          </Text>
          <Group align="end">
            <SegmentedControl
              aria-label={t.rebuild.kind}
              data={KINDS.map((kind) => ({
                value: kind,
                label: `${t.rebuild.differences[kind || 'all']} ${format.figure(number[kind])}`,
              }))}
              value={filter.kind}
              onChange={(kind) => setFilter({ ...filter, kind })}
            />
            <Select
              label={t.rebuild.field}
              placeholder={t.rebuild.anyField}
              clearable
              data={Object.entries(summary.by_field).map(([field, count]) => ({
                value: field,
                label: `${wordFor(t.why.columns, field)} (${format.figure(count)})`,
              }))}
              value={filter.field === '' ? null : filter.field}
              onChange={(field) => setFilter({ ...filter, field: field ?? '' })}
            />
          </Group>
        </Card>
        <ul className={styles.items}>
          {items.map((item) => (
            <DiffRow key={item.id} item={item} />
          ))}
        </ul>
        {hasNextPage && (
          <Button variant="default" onClick={() => void fetchNextPage()} loading={diff.isFetchingNextPage}>
            {t.app.more}
          </Button>
        )}
      </PageLayout>
    </>
  );
}

/** All is counted, and no row is as the filter wants it. */
function hasNone({ counted, summary }: Diff, { kind, field }: DiffFilter): boolean {
  const { added, removed, changed, by_field: byField } = summary;
  const ofKind = kind === '' ? added + removed + changed : summary[kind];
  return counted?.whole === true && (ofKind === 0 || (field !== '' && byField[field] === undefined));
}
