import { ActionIcon, Button } from '@mantine/core';
import type { Listed } from '../api/types.ts';
import { useAssign } from '../assign/AssignProvider.tsx';
import { DialButton } from '../dial/DialButton.tsx';
import { whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { isUnassigned, isWork } from './entryState.ts';
import styles from './RowActions.module.css';
import { useMark } from './useMark.ts';

/** What one does with a row at once: say whose it is, tick it off. */
export function RowActions({ entry }: { readonly entry: Listed }) {
  const { t } = useLanguage();
  const assign = useAssign();
  const mark = useMark();
  const done = entry.done_at !== null;
  const label = done ? t.call.markOpen : t.call.markDone;
  return (
    <>
      {isUnassigned(entry) && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={`${t.call.assign}: ${whoOf(entry, t)}`}
          onClick={() => assign(entry)}
        >
          <span className={styles.word}>{t.call.assign}</span>
          <span className={styles.picture}>
            <Icon name="assign" size={16} />
          </span>
        </Button>
      )}
      <DialButton
        target={{ entry_id: entry.id }}
        number={entry.external_number ?? entry.external_number_raw}
        who={whoOf(entry, t)}
      />
      {isWork(entry) && (
        <ActionIcon
          variant="default"
          size={28}
          aria-label={`${label}: ${whoOf(entry, t)}`}
          title={label}
          loading={mark.isPending}
          onClick={() => mark.mutate({ ids: [entry.id], done: !done })}
        >
          <Icon name={done ? 'undo' : 'check'} size={16} />
        </ActionIcon>
      )}
    </>
  );
}
