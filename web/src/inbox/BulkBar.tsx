import { Button, Checkbox } from '@mantine/core';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './BulkBar.module.css';
import { useMark } from './useMark.ts';
import type { Selection } from './useSelection.ts';

/** As many as the server marks at once. */
const MOST = 500;

/** Selects all that are shown and ticks off what is selected. */
export function BulkBar({ shown, selection }: { readonly shown: readonly string[]; readonly selection: Selection }) {
  const { t } = useLanguage();
  const mark = useMark();
  const count = selection.ids.length;
  return (
    <div className={styles.bar}>
      <Checkbox
        label={
          count > 0 ? t.inbox.selected(count) : shown.length > MOST ? t.inbox.selectFirst(MOST) : t.inbox.selectAll
        }
        checked={count > 0 && count === Math.min(shown.length, MOST)}
        indeterminate={count > 0 && count < Math.min(shown.length, MOST)}
        onChange={(event) => selection.set(event.currentTarget.checked ? shown.slice(0, MOST) : [])}
      />
      {count > 0 && (
        <Button
          size="compact-sm"
          leftSection={<Icon name="check" size={14} />}
          loading={mark.isPending}
          onClick={() => mark.mutate({ ids: selection.ids, done: true })}
        >
          {t.call.markDone}
        </Button>
      )}
    </div>
  );
}
