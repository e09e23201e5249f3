import { ActionIcon, Checkbox } from '@mantine/core';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import type { CallBack } from '../api/types.ts';
import { OPENED_OVER, useEntryPath } from '../entry/useEntryPath.ts';
import { numberOf, oursOf, whoOf } from '../format/party.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import styles from './CallerRow.module.css';
import { Due } from './Due.tsx';
import { focusBeside } from './focusBeside.ts';
import { PlanForm } from './PlanForm.tsx';
import { TakenBy } from './TakenBy.tsx';
import type { Chosen } from './useChosen.ts';
import { useClosing } from './useClosing.ts';
import { Waiting } from './Waiting.tsx';

type Props = { readonly caller: CallBack; readonly chosen: Chosen | null };

/** A caller: how they wait, or what ended it, and what people say of it. */
export function CallerRow({ caller, chosen }: Props) {
  const { t } = useLanguage();
  const { may } = useWho();
  const path = useEntryPath();
  const closing = useClosing();
  const [isPlanning, setPlanning] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { id, customer, last, note, queues, queue_names, closed } = caller;
  const who = whoOf(caller, t);
  const aside = customer === null ? caller.external_name : numberOf(caller, t);
  const places = [...queues.map((queue) => queue_names[queue] ?? queue), oursOf(caller)].filter((one) => one !== null);
  const mayAct = may.write && closed === null;
  const endPlanning = () => {
    setPlanning(false);
    opener.current?.focus();
  };
  return (
    <li className={styles.row} data-row data-closed={closed !== null}>
      {chosen && (
        <Checkbox
          className={styles.before}
          size="xs"
          aria-label={t.callBacks.select(who)}
          checked={chosen.has(id)}
          onChange={() => chosen.toggle(id)}
        />
      )}
      <div className={styles.who}>
        <Link
          href={path(last.id)}
          state={OPENED_OVER}
          className={styles.link}
          data-entry={last.id}
          aria-label={t.callBacks.open(who)}
        >
          <bdi>{who}</bdi>
        </Link>
        {customer && (
          <Link
            href={`/customers/${encodeURIComponent(customer.id)}`}
            className={styles.customer}
            aria-label={t.callBacks.toCustomer(who)}
            title={t.callBacks.toCustomer(who)}
          >
            <Icon name="user" size={15} />
          </Link>
        )}
        {aside && <bdi className={styles.aside}>{aside}</bdi>}
      </div>
      <div className={styles.waits}>
        <Waiting caller={caller} who={who} />
      </div>
      <bdi className={styles.place}>{[...new Set(places)].join(' · ')}</bdi>
      {closed === null && (
        <div className={styles.due}>
          <Due at={caller.due_at} />
        </div>
      )}
      <div className={styles.note} title={note?.text}>
        {note && <bdi>{note.text}</bdi>}
      </div>
      {closed === null && (
        <div className={styles.actions}>
          <TakenBy caller={caller} who={who} />
          {mayAct && (
            <>
              <ActionIcon
                ref={opener}
                variant="default"
                size={26}
                aria-label={t.callBacks.planOf(who)}
                aria-expanded={isPlanning}
                title={t.callBacks.plan}
                onClick={() => setPlanning(true)}
              >
                <Icon name="edit" size={15} />
              </ActionIcon>
              <ActionIcon
                variant="default"
                size={26}
                aria-label={t.callBacks.doneOf(who)}
                title={`${t.callBacks.done}. ${t.callBacks.doneHint}`}
                loading={closing.isPending}
                onClick={() => {
                  focusBeside(last.id);
                  closing.close([id]);
                }}
              >
                <Icon name="check" size={16} />
              </ActionIcon>
            </>
          )}
        </div>
      )}
      {mayAct && isPlanning && <PlanForm caller={caller} who={who} close={endPlanning} />}
    </li>
  );
}
