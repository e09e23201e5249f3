import { Text } from '@mantine/core';
import { useParked } from '../api/admin.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { RetryParked } from './RetryParked.tsx';

/** Events that could not be made into rows, and why. */
export function ParkedEvents() {
  const { t } = useLanguage();
  const format = useFormat();
  const { may } = useWho();
  const { data } = useParked();
  const parked = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card
      title={t.connection.parked}
      text={t.connection.parkedText}
      actions={may.admin && parked.length > 0 && <RetryParked />}
    >
      {parked.length === 0 ? (
        <Text size="sm">{t.connection.noParked}</Text>
      ) : (
        <DataTable
          caption={t.connection.parked}
          head={[t.entry.position, t.entry.event, t.connection.reason, t.entry.time]}
          rows={parked.map(({ position, type, error, parked_at }) => ({
            key: position,
            cells: [position, type, error, format.short(new Date(parked_at))],
          }))}
        />
      )}
    </Card>
  );
}
