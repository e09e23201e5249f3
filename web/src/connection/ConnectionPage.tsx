import { Stack, Text } from '@mantine/core';
import { useHealth, usePbxStates } from '../api/admin.ts';
import type { Health } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { wordFor } from '../i18n/why.ts';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { Card } from '../shell/Card.tsx';
import { Failed } from '../shell/Failed.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { AuditTrail } from './AuditTrail.tsx';
import { Coverage } from './Coverage.tsx';
import { ParkedEvents } from './ParkedEvents.tsx';
import { PbxCard } from './PbxCard.tsx';
import { Servers } from './Servers.tsx';
import { State } from './State.tsx';
import { UnknownPlaces } from './UnknownPlaces.tsx';

/** How the phone systems and the parts of the program are, in words. */
export default function ConnectionPage() {
  const { t } = useLanguage();
  const { may } = useWho();
  const pbxs = usePbxStates();
  const health = useHealth();
  return (
    <PageLayout title={t.nav.connection}>
      {pbxs.isPending && <LoadingRows />}
      {pbxs.isError && <Failed error={pbxs.error} retry={() => void pbxs.refetch()} />}
      {pbxs.data && (
        <>
          {pbxs.data.length === 0 && <Text mb="md">{t.connection.none}</Text>}
          {pbxs.data.map((pbx) => (
            <PbxCard key={pbx.pbx} pbx={pbx} />
          ))}
          <Servers />
          {health.data && <Checks health={health.data} />}
          <UnknownPlaces />
          {may.seeAll ? (
            <>
              <Coverage />
              <ParkedEvents />
              <AuditTrail />
            </>
          ) : (
            <>
              <Card title={t.connection.coverage}>
                <Text size="sm">{t.errors.notAllText}</Text>
              </Card>
              <ParkedEvents />
            </>
          )}
        </>
      )}
    </PageLayout>
  );
}

function Checks({ health }: { readonly health: Health }) {
  const { t } = useLanguage();
  const checks = Object.entries(health.checks).filter(([name]) => !name.startsWith('pbx '));
  return (
    <Card title={t.connection.program} text={t.connection.programText}>
      <Stack gap="xs">
        {checks.map(([name, { status, detail }]) => (
          <div key={name}>
            <State level={status} word={t.connection.levels[status]} />{' '}
            <strong>{wordFor(t.connection.checks, name)}</strong>: <span lang="en">{detail}</span>
          </div>
        ))}
      </Stack>
    </Card>
  );
}
