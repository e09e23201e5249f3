import { Button } from '@mantine/core';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './ChosenBar.module.css';
import { type Chosen, MOST_CHOSEN } from './useChosen.ts';
import { useClosing } from './useClosing.ts';

type Props = { readonly chosen: Chosen; readonly count: number; readonly isAtLeast: boolean };

/** Selects all callers of the list, of whatever page, and takes off those that are selected. */
export function ChosenBar({ chosen, count, isAtLeast }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const closing = useClosing(chosen.none);
  const { length } = chosen.ids;
  const isMore = isAtLeast || count > MOST_CHOSEN;
  const status = closing.isPending
    ? t.callBacks.progress(format.figure(closing.done), format.figure(length))
    : chosen.asking !== null
      ? t.callBacks.selecting(format.figure(chosen.asking))
      : length > 0
        ? t.callBacks.selected(format.figure(length))
        : '';
  return (
    <div className={styles.bar}>
      <Button
        size="compact-sm"
        variant="default"
        loading={chosen.asking !== null}
        disabled={closing.isPending}
        onClick={chosen.all}
      >
        {isMore ? t.callBacks.selectFirst(format.figure(MOST_CHOSEN)) : t.callBacks.selectAll(format.figure(count))}
      </Button>
      {length > 0 && (
        <Button size="compact-sm" variant="default" disabled={closing.isPending} onClick={chosen.none}>
          {t.callBacks.selectNone}
        </Button>
      )}
      <span role="status">{status}</span>
      {length > 0 && (
        <>
          <Button
            size="compact-sm"
            leftSection={<Icon name="check" size={14} />}
            loading={closing.isPending}
            onClick={() => closing.close(chosen.ids)}
            aria-describedby="call-backs-done"
          >
            {t.callBacks.done}
          </Button>
          <span id="call-backs-done" className={styles.hint}>
            {t.callBacks.doneHint}
          </span>
        </>
      )}
    </div>
  );
}
