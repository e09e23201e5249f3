import { Badge, Tooltip } from '@mantine/core';
import type { Listed } from '../api/types.ts';
import { loggerOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon, type IconName } from '../shell/icons.tsx';
import styles from './Marks.module.css';

/** What else there is to know of an entry; where a row is one line, pictures stand for the words. */
export function Marks({ entry }: { readonly entry: Listed }) {
  const { t } = useLanguage();
  const { match, last_note, cut } = entry;
  const ambiguous = cut.includes('candidates')
    ? t.call.ambiguousAtLeast(match.candidates.length)
    : t.call.ambiguous(match.candidates.length);
  const logger = loggerOf(entry.people);
  const byHand = logger === null ? t.call.byHand : t.call.loggedBy(logger);
  return (
    <>
      {match.status === 'ambiguous' && <Mark icon="people" tone="maybe" word={ambiguous} />}
      {entry.source === 'manual' && <Mark icon="edit" word={byHand} />}
      {entry.pbx === 'demo' && <Mark word={t.app.demoMark} />}
      {entry.handled_by_machine && <Mark icon="machine" word={t.call.handledByMachine} />}
      {entry.incomplete.length > 0 && <Mark icon="warning" word={t.call.incomplete} hint={t.call.incompleteHint} />}
      {last_note !== null && <Mark icon="note" word={t.call.notes(entry.notes_count)} hint={last_note.text} />}
      {entry.done_at !== null && <Mark icon="check" tone="done" word={t.call.done} />}
    </>
  );
}

type MarkProps = {
  readonly word: string;
  readonly icon?: IconName;
  readonly tone?: 'plain' | 'maybe' | 'done';
  readonly hint?: string;
};

function Mark({ word, icon, tone = 'plain', hint = word }: MarkProps) {
  return (
    <Tooltip label={hint} multiline maw={260}>
      <Badge className={styles.mark} data-tone={tone} leftSection={icon && <Icon name={icon} size={12} />}>
        <span className={icon && styles.word}>{word}</span>
      </Badge>
    </Tooltip>
  );
}
