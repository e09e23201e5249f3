import type { Direction, Outcome } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './OutcomeBadge.module.css';

type Props = { readonly direction: Direction; readonly outcome: Outcome };

/** The outcome in a word; of a call of ours that nobody took, that there was no answer. */
export function OutcomeBadge({ direction, outcome }: Props) {
  const { t } = useLanguage();
  const word = direction === 'outbound' && outcome === 'missed' ? t.call.noAnswer : t.call.outcome[outcome];
  const tone = outcome === 'answered' ? 'good' : direction === 'inbound' ? 'bad' : 'plain';
  return (
    <span className={styles.outcome} data-tone={tone}>
      {word}
    </span>
  );
}
