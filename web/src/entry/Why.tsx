import { Text } from '@mantine/core';
import type { Entry } from '../api/types.ts';
import { spacedNumber } from '../format/phone.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { spoken, wordFor } from '../i18n/why.ts';
import { CandidateNames } from './CandidateNames.tsx';
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
        <FactList
          facts={[
            [t.entry.rule, spoken(t.why.rules, match.rule)],
            [t.entry.lookedUp, match.number && spacedNumber(match.number)],
            [
              t.entry.candidates,
              match.candidates.length > 0 && (
                <CandidateNames ids={match.candidates.map(({ customer_id }) => customer_id)} />
              ),
            ],
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
              <code>{wordFor(t.why.columns, column)}</code>
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
  const inputs = Object.entries(of.inputs).map(
    ([name, value]) => [spoken(t.why.inputs, name), shown(value, t)] as const,
  );
  return <FactList facts={[[t.entry.rule, spoken(t.why.rules, of.rule)], ...inputs]} />;
}

function shown(value: unknown, t: Dictionary): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((one) => wordFor(t.entry.reasons, String(one))).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : wordFor(t.why.values, String(value));
}
