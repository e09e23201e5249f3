import { Text } from '@mantine/core';
import type { Entry } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './Notes.module.css';
import { Section } from './Section.tsx';

export function Notes({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const format = useFormat();
  return (
    <Section title={t.entry.notes}>
      {entry.notes.length === 0 && (
        <Text c="dimmed" size="sm">
          {t.entry.noNotes}
        </Text>
      )}
      <ul className={styles.notes}>
        {entry.notes.map(({ id, text, author, at }) => (
          <li key={id}>
            <p>{text}</p>
            <small>{t.entry.noteBy(author, format.short(new Date(at)))}</small>
          </li>
        ))}
      </ul>
    </Section>
  );
}
