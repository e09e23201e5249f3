import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Listed } from '../api/types.ts';
import { OPENED_OVER, useEntryPath } from '../entry/useEntryPath.ts';
import { numberOf, oursOf, speakersOf, whoOf } from '../format/party.ts';
import { Time } from '../format/Time.tsx';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './CommsRow.module.css';
import { isUnassigned } from './entryState.ts';
import { Marks } from './Marks.tsx';
import { OutcomeBadge } from './OutcomeBadge.tsx';

type Props = { readonly entry: Listed; readonly before?: ReactNode; readonly actions?: ReactNode };

/** One entry of a list: a link over its whole width, with what can be done at its end. */
export function CommsRow({ entry, before, actions }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const path = useEntryPath();
  const who = whoOf(entry, t);
  const number = numberOf(entry, t);
  const answered = entry.outcome === 'answered';
  const seconds = answered ? entry.duration_seconds : entry.ring_seconds;
  return (
    <li className={styles.row} data-row data-answered={answered} data-done={entry.done_at !== null}>
      {before}
      <span className={styles.kind}>
        <Icon name="phone" over={entry.direction === 'outbound' ? 'outgoing' : answered ? 'incoming' : 'missed'} />
        <span className={styles.word}>{t.call.word}</span>
      </span>
      <div className={styles.who}>
        <Link
          href={path(entry.id)}
          state={OPENED_OVER}
          className={styles.link}
          data-entry={entry.id}
          aria-label={t.call.open(who)}
        >
          {who}
        </Link>
        {isUnassigned(entry) && <span className={styles.aside}>{entry.external_name ?? t.call.unknown}</span>}
        {entry.customer !== null && entry.source !== 'manual' && (
          <span className={`${styles.aside} ${styles.number}`}>{number}</span>
        )}
        <Marks entry={entry} />
      </div>
      <div className={styles.route}>
        <Route entry={entry} who={who} />
      </div>
      <div className={styles.outcome}>
        <OutcomeBadge direction={entry.direction} outcome={entry.outcome} />
        {seconds !== null && (
          <span className={styles.duration}>
            {answered ? format.duration(seconds) : t.call.rang(format.duration(seconds))}
          </span>
        )}
      </div>
      <div className={styles.when}>
        <Time at={entry.occurred_at} />
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </li>
  );
}

/** `Maria K. → Ext 101`, in the direction that the call went; on one line who it is stands at its beginning already. */
function Route({ entry, who }: { readonly entry: Listed; readonly who: string }) {
  const { t } = useLanguage();
  const inside = speakersOf(entry.extensions.length > 0 ? entry.extensions : entry.rang, t, entry.people);
  // of a call that reached no phone: our number that was called
  const more = entry.cut.some((of) => of === 'extensions' || of === 'rang') ? [t.call.andMore] : [];
  const ours = inside.length > 0 ? [...inside, ...more].join(', ') : oursOf(entry);
  const isOutbound = entry.direction === 'outbound';
  return (
    <>
      <span>{t.call.direction[entry.direction]}</span>
      <span aria-hidden="true" className={ours ? undefined : styles.again}>
        ·
      </span>
      <bdi>
        {!isOutbound && <span className={styles.again}>{ours ? `${who} → ` : who}</span>}
        {ours}
        {isOutbound && <span className={styles.again}>{ours ? ` → ${who}` : who}</span>}
      </bdi>
    </>
  );
}
