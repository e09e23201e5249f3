import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { PageLayout } from '../shell/PageLayout.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import { People } from './People.tsx';
import { PlaceNamesForm } from './PlaceNamesForm.tsx';
import { Teams } from './Teams.tsx';
import { VisibilityForm } from './VisibilityForm.tsx';

/** Who is who, how people sign in, and who sees what. */
export default function PeoplePage() {
  const { t } = useLanguage();
  const { may } = useWho();
  return (
    <PageLayout title={t.people.title}>
      {may.admin ? (
        <>
          <People />
          <Teams />
          <Card title={t.people.names} text={t.people.namesText}>
            <PlaceNamesForm />
          </Card>
          <Card title={t.people.visibility} text={t.people.visibilityText}>
            <VisibilityForm />
          </Card>
        </>
      ) : (
        <StateMessage icon="warning" title={t.errors.forbidden} text={t.errors.forbiddenText} />
      )}
    </PageLayout>
  );
}
