import { Alert } from '@mantine/core';
import { useRebuilds, useRulesInForce } from '../api/admin.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { Card } from '../shell/Card.tsx';
import { Failed } from '../shell/Failed.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { RulesForm } from './RulesForm.tsx';
import { SettingsForm } from './SettingsForm.tsx';
import { VersionCard } from './VersionCard.tsx';

/** The built versions of the call log; new rules make another beside the one that is served. */
export default function RebuildPage() {
  const { t } = useLanguage();
  const versions = useRebuilds();
  const inForce = useRulesInForce();
  const failed = versions.error ?? inForce.error;
  if (failed) return <Failed error={failed} retry={() => void versions.refetch()} />;
  return (
    <PageLayout title={t.nav.rebuild}>
      {inForce.data?.waiting && (
        <Alert color="amber" title={t.rebuild.waiting[inForce.data.waiting.reason]} mb="md">
          {t.rebuild.waitingText}
        </Alert>
      )}
      {inForce.data?.active.mixed && <Alert color="amber" title={t.rebuild.mixed} mb="md" />}
      {versions.data === undefined || inForce.data === undefined ? (
        <LoadingRows />
      ) : (
        <>
          <Card title={t.rebuild.versions} text={t.rebuild.versionsText}>
            {versions.data
              .filter(({ state }) => state !== 'dropped')
              .map((version) => (
                <VersionCard
                  key={version.version}
                  rebuild={version}
                  hasPrevious={versions.data.some(({ state }) => state === 'previous')}
                />
              ))}
          </Card>
          <Card title={t.rebuild.rules} text={t.rebuild.rulesText}>
            <RulesForm
              key={inForce.data.active.version}
              rules={inForce.data.waiting?.rules ?? inForce.data.active.rules}
            />
          </Card>
          <Card title={t.rebuild.settings} text={t.rebuild.settingsText}>
            <SettingsForm />
          </Card>
        </>
      )}
    </PageLayout>
  );
}
