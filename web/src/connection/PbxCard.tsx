import { Text } from '@mantine/core';
import type { PbxState } from '../api/types.ts';
import { FactList } from '../entry/FactList.tsx';
import { Time } from '../format/Time.tsx';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { State } from './State.tsx';

export function PbxCard({ pbx }: { readonly pbx: PbxState }) {
  const { t } = useLanguage();
  const format = useFormat();
  const { delay_ms: ms, listener } = pbx;
  const delay = ms === null ? null : t.connection.delayUpTo(format.figure(Math.ceil(ms / 1000)));
  const told = t.connection.heardOfAgo(format.duration(Math.round(listener?.told_seconds_ago ?? 0)));
  // of a connection that nobody tells of, nothing is known
  const isTold = pbx.since !== null;
  return (
    <Card
      title={`${t.entry.pbx} ${pbx.pbx}`}
      actions={
        <State level={pbx.level} word={isTold ? t.connection.states[pbx.state] : t.connection.levels[pbx.level]} />
      }
    >
      <Text size="sm" mb="sm" lang="en">
        {pbx.detail}
      </Text>
      {listener && isTold && (
        <FactList
          facts={[
            [t.connection.listener, `${listener.server} (${listener.this_one ? t.connection.thisServer : told})`],
            [t.connection.since, <Time key="since" at={pbx.since} />],
            [
              t.connection.lastHeard,
              pbx.last_heard_at === null ? t.connection.never : <Time key="heard" at={pbx.last_heard_at} />,
            ],
            [t.connection.delay, delay],
            [t.connection.reconnects, format.figure(pbx.reconnects)],
            [t.connection.lastError, pbx.last_error],
          ]}
        />
      )}
    </Card>
  );
}
