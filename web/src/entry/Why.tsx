import { Text } from '@mantine/core';
import type { Entry } from '../api/types.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { FactList } from './FactList.tsx';
import { Section } from './Section.tsx';
import styles from './Why.module.css';

/** Why the row says what it says: the rule, what it looked at, and for the customer whom else it could be. */
export function Why({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const { match, why, derivation } = entry;
  const others = Object.keys(why).filter((column) => column !== 'direction' && column !== 'outcome');
  return (
    <>
      <Section title={t.entry.whyCustomer}>
        <Text size="sm" mb="xs">
          {t.entry.match[match.status]}
        </Text>
        <FactList
          facts={[
            [t.entry.rule, words(match.rule)],
            [t.entry.lookedUp, match.number && spacedNumber(match.number)],
            [t.entry.candidates, match.candidates.map(({ customer_id }) => customer_id).join(', ')],
          ]}
        />
      </Section>
      <Section title={t.entry.whyDirection}>
        <Column of={why.direction} />
      </Section>
      <Section title={t.entry.whyOutcome}>
        <Column of={why.outcome} />
      </Section>
      {others.length > 0 && (
        <details className={styles.more}>
          <summary>{t.entry.whyMore}</summary>
          {others.map((column) => (
            <div key={column} className={styles.column}>
              <code>{column}</code>
              <Column of={why[column]} />
            </div>
          ))}
        </details>
      )}
      <Text size="xs" c="dimmed">
        {t.entry.derivation} {derivation}
      </Text>
    </>
  );
}

function Column({ of }: { readonly of: Entry['why'][string] | undefined }) {
  const { t } = useLanguage();
  if (of === undefined) return <Text size="sm">{t.call.byHand}</Text>;
  const inputs = Object.entries(of.inputs).map(([name, value]) => [words(name), shown(value)] as const);
  return <FactList facts={[[t.entry.rule, words(of.rule)], ...inputs]} />;
}

/** Rules and inputs have speaking names: `opened_ringing_in`. */
const words = (name: string) => name.replaceAll('_', ' ');

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
