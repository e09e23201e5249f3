import { Button, Text } from '@mantine/core';
import { rebuilds, useUnknownPlaces } from '../api/admin.ts';
import type { UnknownPlace } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useVersionChange } from '../rebuild/useVersionChange.ts';
import { Card } from '../shell/Card.tsx';
import { DataTable } from '../shell/DataTable.tsx';
import { useWho } from '../shell/MeProvider.tsx';

/** Contexts and endpoints that no rule knows, with the rule to add. */
export function UnknownPlaces() {
  const { t } = useLanguage();
  const { may } = useWho();
  const { data: places = [] } = useUnknownPlaces();
  if (places.length === 0) return null;
  return (
    <Card title={t.connection.unknown} text={t.connection.unknownText}>
      <DataTable
        caption={t.connection.unknown}
        head={[
          t.entry.pbx,
          t.connection.place,
          t.connection.takenFor,
          t.connection.inCalls,
          t.connection.ruleToAdd,
          ...(may.admin ? [t.connection.build] : []),
        ]}
        rows={places.map((place) => ({
          key: `${place.pbx} ${place.setting} ${place.value}`,
          cells: [
            place.pbx,
            place.value,
            t.connection.takenAs[place.setting],
            String(place.calls),
            <code key="rule">{`"${place.setting}": ["${place.value}"]`}</code>,
            ...(may.admin ? [<Build key="build" place={place} />] : []),
          ],
        }))}
      />
      <Text size="sm" mt="xs">
        {t.connection.unknownNext}
      </Text>
    </Card>
  );
}

/** Builds a version with the rule: the file stays as it is, and somebody decides about the version. */
function Build({ place: { rules, value } }: { readonly place: UnknownPlace }) {
  const { t } = useLanguage();
  const start = useVersionChange(() => rebuilds.start(rules), t.rebuild.started);
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={t.connection.buildWith(value)}
      loading={start.isPending}
      onClick={() => start.mutate()}
    >
      {t.connection.build}
    </Button>
  );
}
