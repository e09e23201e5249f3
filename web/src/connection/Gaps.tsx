import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { Gap, PbxCoverage } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';

const MAX_SHOWN = 50;

/** When nobody listened, why, and what became of it; the newest first. */
export function Gaps({ pbxs }: { readonly pbxs: readonly PbxCoverage[] }) {
  const { t } = useLanguage();
  const format = useFormat();
  const all = pbxs.flatMap(({ pbx, gaps }) => gaps.map((gap) => ({ pbx, gap })));
  const shown = all.sort((a, b) => (a.gap.from < b.gap.from ? 1 : -1)).slice(0, MAX_SHOWN);
  const more = pbxs.reduce((sum, { gaps_in_all }) => sum + gaps_in_all, 0) - shown.length;
  const lasted = ({ from, to }: Gap) =>
    to === null ? t.connection.still : format.duration(Math.ceil((Date.parse(to) - Date.parse(from)) / 1_000));
  return (
    <Card title={t.connection.gaps} text={t.connection.gapsText} actions={<ToRecords />}>
      {shown.length === 0 ? (
        <Text size="sm">{t.connection.noGaps}</Text>
      ) : (
        <DataTable
          caption={t.connection.gaps}
          head={[t.entry.pbx, t.inbox.from, t.connection.lasted, t.connection.reason, t.connection.becameOfIt]}
          rows={shown.map(({ pbx, gap }) => ({
            key: `${pbx} ${gap.from}`,
            cells: [
              pbx,
              format.short(new Date(gap.from)),
              lasted(gap),
              t.connection.cause[gap.cause],
              <Became key="became" gap={gap} />,
            ],
          }))}
        />
      )}
      {more > 0 && (
        <Text size="sm" mt="xs">
          {t.connection.moreGaps(more)}
        </Text>
      )}
      {pbxs.map(
        ({ pbx, missing_facts }) =>
          missing_facts > 0 && (
            <Text key={pbx} size="sm" mt="xs">
              {t.connection.missingFacts(pbx, missing_facts)}
            </Text>
          ),
      )}
    </Card>
  );
}

function ToRecords() {
  const { t } = useLanguage();
  return (
    <Anchor component={Link} href="/connection/records" size="sm">
      {t.reconcile.title}
    </Anchor>
  );
}

/** What a journal held of it, and, of what nobody has heard, what the call records told. */
function Became({ gap }: { readonly gap: Gap }) {
  const { t } = useLanguage();
  const format = useFormat();
  const { heard, open_seconds } = gap;
  if (heard === null) return <Filling gap={gap} />;
  const time = (text: string | null) => (text === null ? null : format.seconds(new Date(text)));
  return (
    <>
      {t.connection.fromJournal(time(heard.from), time(heard.until), heard.facts, heard.set_aside)}
      {open_seconds > 0 && (
        <>
          {'; '}
          {t.connection.stillOpen(format.duration(Math.ceil(open_seconds)))} (<Filling gap={gap} />)
        </>
      )}
    </>
  );
}

function Filling({ gap: { filling } }: { readonly gap: Gap }) {
  const { t } = useLanguage();
  if (filling === null) return t.connection.notAsked;
  if (filling.reason !== null) return t.connection.notFilled[filling.reason];
  const filled = t.connection.filled(filling.calls, filling.records);
  return filling.final ? filled : `${filled}; ${t.connection.askedAgain}`;
}
