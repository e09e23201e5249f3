import { Text } from '@mantine/core';
import type { Entry } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { storyOf } from './story.ts';

/** What happened, for who wants to know no more, and whose call it is. */
export function StoryText({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const format = useFormat();
  const { status, rule } = entry.match;
  const isLater = rule === 'later_owner' && (status === 'matched' || status === 'ambiguous');
  return (
    <div>
      <Text size="lg">{storyOf(entry, t, format.duration)}</Text>
      {entry.source !== 'manual' && (
        <Text size="sm" c="dimmed" mt={4}>
          {isLater ? t.entry.matchedLater[status] : t.entry.match[status]}
        </Text>
      )}
    </div>
  );
}
