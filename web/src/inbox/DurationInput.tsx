import { useState } from 'react';
import { secondsOf, writtenDuration } from '../format/duration.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { MAX_DURATION } from './filters.ts';
import { TypedInput } from './TypedInput.tsx';

type Props = {
  readonly label: string;
  /** as the URL has them; '': none */
  readonly seconds: string;
  readonly change: (seconds: string) => void;
  readonly error?: string | undefined;
};

/** A length as one writes it, `1:30`; what is not written so changes nothing, and says so. */
export function DurationInput({ label, seconds, change, error }: Props) {
  const { t } = useLanguage();
  const [isWrong, setWrong] = useState(false);
  const read = (text: string) => {
    const length = text.trim() === '' ? '' : secondsOf(text);
    const wrong = length === null || Number(length) > MAX_DURATION;
    setWrong(wrong);
    if (!wrong) change(String(length));
  };
  return (
    <TypedInput
      label={label}
      placeholder="1:30"
      inputMode="numeric"
      value={seconds === '' ? '' : writtenDuration(Number(seconds))}
      change={read}
      error={isWrong ? t.inbox.durationForm : error}
    />
  );
}
