import { Alert, Anchor, Badge, Group } from '@mantine/core';
import { Link } from 'wouter';
import type { Entry } from '../api/types.ts';
import { loggerOf, numberOf, speakersOf } from '../format/party.ts';
import { spacedNumber } from '../format/phone.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { wordFor } from '../i18n/why.ts';
import { OutcomeBadge } from '../inbox/OutcomeBadge.tsx';
import { FactList } from './FactList.tsx';

export function Facts({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const format = useFormat();
  const began = entry.occurred_at && format.exact(new Date(entry.occurred_at));
  const clock = (at: string | null) => at && <time dateTime={at}>{format.seconds(new Date(at))}</time>;
  const seconds = (value: number | null) => (value === null ? null : format.duration(value));
  const people = (parties: readonly string[]) => speakersOf(parties, t, entry.people).join(', ');
  const named = (name: string | null | undefined, place: string) => (name ? `${name} (${place})` : place);
  return (
    <section aria-label={t.entry.facts}>
      <Group gap="xs" mb="md">
        <OutcomeBadge direction={entry.direction} outcome={entry.outcome} />
        <Badge color="gray" variant="default" tt="none">
          {t.call.direction[entry.direction]}
        </Badge>
        {entry.handled_by_machine && (
          <Badge color="gray" variant="default" tt="none">
            {t.call.handledByMachine}
          </Badge>
        )}
        {entry.source === 'manual' && (
          <Badge color="gray" variant="default" tt="none">
            {t.call.byHand}
          </Badge>
        )}
      </Group>
      {entry.incomplete.length > 0 && (
        <Alert color="amber" title={t.entry.incomplete} mb="md">
          {t.call.incompleteHint}
          <ul>
            {entry.incomplete.map((reason) => (
              <li key={reason}>{wordFor(t.entry.reasons, reason)}</li>
            ))}
          </ul>
        </Alert>
      )}
      <FactList
        facts={[
          [t.entry.customer, entry.customer && <CustomerLink customer={entry.customer} />],
          [t.entry.number, entry.source === 'manual' ? null : numberOf(entry, t)],
          [t.entry.name, entry.external_name],
          [t.entry.began, began],
          [t.entry.answered, clock(entry.answered_at)],
          [t.entry.ended, clock(entry.ended_at)],
          [t.entry.ring, seconds(entry.ring_seconds)],
          [t.entry.talk, entry.outcome === 'answered' ? seconds(entry.duration_seconds) : null],
          [t.entry.spoke, people(entry.extensions)],
          [t.entry.phonesRang, people(entry.rang)],
          [t.entry.did, entry.did && named(entry.did_name, spacedNumber(entry.did))],
          [t.inbox.queue, entry.queues?.map((queue) => named(entry.queue_names[queue], queue)).join(', ') ?? null],
          [t.entry.loggedBy, loggerOf(entry.people)],
        ]}
      />
    </section>
  );
}

function CustomerLink({ customer }: { readonly customer: { readonly id: string; readonly name: string } }) {
  return (
    <Anchor component={Link} size="sm" href={`/customers/${encodeURIComponent(customer.id)}`}>
      {customer.name}
    </Anchor>
  );
}
