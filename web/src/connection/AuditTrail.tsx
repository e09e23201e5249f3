import { Anchor, Button, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useAudit } from '../api/admin.ts';
import type { Audited } from '../api/types.ts';
import { useEntryPath } from '../entry/useEntryPath.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';

/** Calls of one reading that the page names. */
const MAX_CALLS = 10;

/** Who read raw facts, of which calls, or exported entries. */
export function AuditTrail() {
  const { t } = useLanguage();
  const format = useFormat();
  const audit = useAudit();
  const facts = audit.data?.pages.flatMap(({ items }) => items) ?? [];
  const words: Record<string, string> = t.connection.audited;
  return (
    <Card title={t.connection.audit} text={t.connection.auditText}>
      {facts.length === 0 ? (
        <Text size="sm">{t.connection.noAudit}</Text>
      ) : (
        <DataTable
          caption={t.connection.audit}
          head={[t.entry.time, t.connection.who, t.entry.event, t.connection.whichCalls]}
          rows={facts.map((fact) => ({
            key: `${fact.stream} ${fact.revision}`,
            cells: [
              format.short(new Date(fact.recorded_at)),
              actorOf(fact),
              words[fact.type] ?? fact.type,
              <Calls key="calls" calls={fact.calls} />,
            ],
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

/** Each with the way to it. */
function Calls({ calls }: Pick<Audited, 'calls'>) {
  const { t } = useLanguage();
  const format = useFormat();
  const path = useEntryPath();
  return (
    <Stack gap={2}>
      {calls.slice(0, MAX_CALLS).map(({ id, occurred_at }) => (
        <Anchor key={id} component={Link} href={path(id)} size="sm">
          {occurred_at === null ? t.time.unknown : format.short(new Date(occurred_at))}
        </Anchor>
      ))}
      {calls.length > MAX_CALLS && <Text size="sm">{t.connection.moreCalls(calls.length - MAX_CALLS)}</Text>}
    </Stack>
  );
}

function actorOf({ metadata: { actor } }: Audited): string {
  if (typeof actor !== 'object' || actor === null || !('sub' in actor)) return '';
  return 'role' in actor ? `${actor.sub} (${actor.role})` : String(actor.sub);
}
