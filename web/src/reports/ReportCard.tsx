import { Button, Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';
import { Failed } from '../shell/Failed.tsx';
import { Icon } from '../shell/icons.tsx';
import { saveCsv } from './csv.ts';
import styles from './ReportCard.module.css';

type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
type Props = {
  readonly title: string;
  /** of the file that is saved */
  readonly name: string;
  readonly query: { readonly isPending: boolean; readonly error: Error | null; refetch(): unknown };
  readonly table: Table;
  readonly children: ReactNode;
};

/** A picture of figures, the figures themselves below it, and both to take along. */
export function ReportCard({ title, name, query, table, children }: Props) {
  const { t } = useLanguage();
  const save = (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<Icon name="download" size={14} />}
      aria-label={`CSV: ${title}`}
      onClick={() => saveCsv(name, [table.head, ...table.rows])}
    >
      CSV
    </Button>
  );
  return (
    <Card title={title} actions={table.rows.length > 0 && save}>
      {query.isPending && <Skeleton height={140} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {!query.isPending && !query.error && table.rows.length === 0 && <Text c="dimmed">{t.reports.none}</Text>}
      {table.rows.length > 0 && (
        <>
          {children}
          <details className={styles.figures}>
            <summary>{t.reports.figures}</summary>
            <DataTable
              caption={title}
              head={table.head}
              rows={table.rows.map((cells) => ({ key: cells.slice(0, 2).join(' '), cells }))}
            />
          </details>
        </>
      )}
    </Card>
  );
}
