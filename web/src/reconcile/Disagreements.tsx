import { Anchor, Select, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { MAX_CALLS } from '../api/reconcile.ts';
import type { Disagreement, Reconciled } from '../api/types.ts';
import { useEntryPath } from '../entry/useEntryPath.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';
import { useTold } from './useTold.ts';

const MAX_SHOWN = 200;

type Props = { readonly pages: readonly Reconciled[]; readonly isDone: boolean };

/** What was found so far, by kind, each with the way to its call. */
export function Disagreements({ pages, isDone }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const [kind, setKind] = useState<string | null>(null);
  const compared = pages.reduce((sum, page) => sum + page.compared, 0);
  const found = pages.flatMap(({ items }) => items);
  const wanted = found.filter((one) => kind === null || one.kind === kind);
  const isCut = isDone && pages.at(-1)?.page.has_more === true;
  return (
    <Card title={t.reconcile.result}>
      <Text role="status" mb="sm">
        {t.reconcile.compared(compared, found.length)}
        {isCut && ` ${t.reconcile.cut(format.figure(MAX_CALLS))}`}
        {isDone && areUnrecorded(found, compared) && ` ${t.reconcile.unrecorded}`}
      </Text>
      {found.length > 0 && (
        <>
          <Select
            label={t.reconcile.kind}
            placeholder={t.reconcile.everyKind}
            clearable
            maw={380}
            mb="sm"
            data={countsOf(found).map(([value, count]) => ({
              value,
              label: `${t.reconcile.kinds[value]} (${format.figure(count)})`,
            }))}
            value={kind}
            onChange={setKind}
          />
          <Found found={wanted.slice(0, MAX_SHOWN)} />
          {wanted.length > MAX_SHOWN && (
            <Text size="sm" mt="xs">
              {t.reconcile.more(wanted.length - MAX_SHOWN)}
            </Text>
          )}
        </>
      )}
    </Card>
  );
}

function Found({ found }: { readonly found: readonly Disagreement[] }) {
  const { t } = useLanguage();
  const format = useFormat();
  const path = useEntryPath();
  const told = useTold();
  const call = ({ id, occurred_at }: Disagreement) => (
    <Anchor key="call" component={Link} href={path(id)} size="sm">
      {occurred_at === null ? t.time.unknown : format.short(new Date(occurred_at))}
    </Anchor>
  );
  return (
    <DataTable
      caption={t.reconcile.result}
      head={[t.reconcile.call, t.entry.pbx, t.reconcile.kind, t.reconcile.heard, t.reconcile.inRecords]}
      rows={found.map((one) => ({
        key: `${one.id} ${one.kind} ${one.recorded}`,
        cells: [
          call(one),
          one.pbx,
          t.reconcile.kinds[one.kind],
          told(one.kind, one.heard),
          told(one.kind, one.recorded),
        ],
      }))}
    />
  );
}

/** The kinds that there are, the most frequent first. */
function countsOf(found: readonly Disagreement[]): [Disagreement['kind'], number][] {
  const counts = new Map<Disagreement['kind'], number>();
  for (const { kind } of found) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function areUnrecorded(found: readonly Disagreement[], compared: number): boolean {
  return compared > 0 && found.filter(({ kind }) => kind === 'not_recorded').length === compared;
}
