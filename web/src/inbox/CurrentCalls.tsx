import { Button } from '@mantine/core';
import type { CurrentCall } from '../api/types.ts';
import { whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './CurrentCalls.module.css';

const NAMED = 3;

type Props = { readonly calls: readonly CurrentCall[]; readonly show: () => void };

/** Calls in progress, in a quiet line; it is a status, so nobody is interrupted. */
export function CurrentCalls({ calls, show }: Props) {
  const { t } = useLanguage();
  return (
    <div role="status">
      {calls.length > 0 && (
        <div className={styles.banner}>
          <span className={styles.dot} />
          <strong>{t.inbox.now(calls.length)}</strong>
          <span className={styles.names}>
            {calls.slice(0, NAMED).map((call) => (
              <span key={call.id} className={styles.call} data-current={call.id}>
                <Icon name="phone" over={call.direction === 'inbound' ? 'incoming' : 'outgoing'} size={14} />
                <bdi>{whoOf(call, t)}</bdi>
                <span className={styles.state}>{t.call.state[call.state]}</span>
              </span>
            ))}
          </span>
          <Button variant="subtle" size="compact-sm" onClick={show} className={styles.show}>
            {t.inbox.views.live}
          </Button>
        </div>
      )}
    </div>
  );
}
