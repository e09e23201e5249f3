import { Button, Text } from '@mantine/core';
import { useAudit } from '../api/admin.ts';
import type { RecordedEvent } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';

/** Who read raw facts or exported entries. */
export function AuditTrail() {
  const { t } = useLanguage();
  const format = useFormat();
  const audit = useAudit();
  const facts = audit.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card title={t.connection.audit} text={t.connection.auditText}>
      {facts.length === 0 ? (
        <Text size="sm">{t.connection.noAudit}</Text>
      ) : (
        <DataTable
          caption={t.connection.audit}
          head={[t.entry.time, t.connection.who, t.entry.event]}
          rows={facts.map((fact) => ({
            key: `${fact.stream} ${fact.revision}`,
            cells: [format.short(new Date(fact.recorded_at)), actorOf(fact), fact.type],
          }))}
        />
      )}
      {audit.hasNextPage && (
        <Button variant="default" mt="sm" onClick={() => void audit.fetchNextPage()} loading={audit.isFetchingNextPage}>
          {t.app.more}
        </Button>
      )}
    </Card>
  );
}

function actorOf({ metadata: { actor } }: RecordedEvent): string {
  if (typeof actor !== 'object' || actor === null || !('sub' in actor)) return '';
  return 'role' in actor ? `${actor.sub} (${actor.role})` : String(actor.sub);
}
