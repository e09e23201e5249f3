import type { useCurrentCalls } from '../api/comms.ts';
import type { CurrentCall } from '../api/types.ts';
import { numberOf, oursOf, speakersOf, whoOf } from '../format/party.ts';
import { Time } from '../format/Time.tsx';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Failed } from '../shell/Failed.tsx';
import { Icon } from '../shell/icons.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import { LoadingRows } from './CommsList.tsx';
import row from './CommsRow.module.css';
import days from './DayGroups.module.css';
import badge from './OutcomeBadge.module.css';

/** The calls in progress. They have no page of their own before they end. */
export function LiveCalls({ calls }: { readonly calls: ReturnType<typeof useCurrentCalls> }) {
  const { t } = useLanguage();
  if (calls.isPending) return <LoadingRows />;
  if (calls.isError) return <Failed error={calls.error} retry={() => void calls.refetch()} />;
  if (calls.data.length === 0)
    return <StateMessage icon="phone" title={t.inbox.noneLive} text={t.inbox.noneLiveText} />;
  return (
    <ul className={days.list}>
      {calls.data.map((call) => (
        <LiveRow key={call.id} call={call} />
      ))}
    </ul>
  );
}

function LiveRow({ call }: { readonly call: CurrentCall }) {
  const { t } = useLanguage();
  const phones = speakersOf(call.extensions.length > 0 ? call.extensions : call.rang, t, call.people);
  const more = call.cut.length > 0 ? [t.call.andMore] : [];
  const inside = phones.length > 0 ? [...phones, ...more] : [oursOf(call) ?? []].flat();
  return (
    <li className={row.row} data-row>
      <span className={row.kind}>
        <Icon name="phone" over={call.direction === 'inbound' ? 'incoming' : 'outgoing'} />
        <span className={row.word}>{t.call.word}</span>
      </span>
      <div className={row.who}>
        <strong>{whoOf(call, t)}</strong>
        {call.customer !== null && <span className={row.aside}>{numberOf(call, t)}</span>}
      </div>
      <div className={row.route}>
        <bdi>{[t.call.direction[call.direction], inside.join(', ')].filter(Boolean).join(' · ')}</bdi>
      </div>
      <div className={row.outcome}>
        <span className={badge.outcome} data-tone={call.state === 'talking' ? 'good' : 'plain'}>
          {t.call.state[call.state]}
        </span>
      </div>
      <div className={row.when}>
        <Time at={call.occurred_at} />
      </div>
    </li>
  );
}
