import type { Disagreement } from '../api/types.ts';
import { spacedNumber } from '../format/phone.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

const TIMES: readonly Disagreement['kind'][] = ['begin', 'answer', 'end', 'fits_no_call'];

/** What one of the two says of a column, in the reader's words; nothing where the kind says all. */
export function useTold(): (kind: Disagreement['kind'], told: string | null) => string {
  const { t } = useLanguage();
  const format = useFormat();
  const words: Readonly<Record<string, string>> = { ...t.call.outcome, ...t.call.direction };
  return (kind, told) => {
    if (told === null) return '';
    if (TIMES.includes(kind)) return format.seconds(new Date(told));
    if (kind === 'number' || kind === 'did') return spacedNumber(told);
    return kind === 'outcome' || kind === 'direction' ? (words[told] ?? told) : told;
  };
}
