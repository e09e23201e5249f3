import { Alert } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense } from 'react';
import type { Me } from '../api/types.ts';
import { AssignProvider } from '../assign/AssignProvider.tsx';
import { EntryDrawer } from '../entry/EntryDrawer.tsx';
import { EntryOrderProvider } from '../entry/EntryOrder.tsx';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { ShortcutHelp } from '../keyboard/ShortcutHelp.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useLiveFeed } from '../live/useLiveFeed.ts';
import { LogCallProvider } from '../logCall/LogCallProvider.tsx';
import { useDensity } from './density.ts';
import { Header } from './Header.tsx';
import { MeProvider } from './MeProvider.tsx';
import { Pages } from './Pages.tsx';
import styles from './Shell.module.css';

/** What stands around every page. */
export function Shell({ me, expired }: { readonly me: Me; readonly expired: boolean }) {
  const { t } = useLanguage();
  const lost = useLiveFeed();
  const [density] = useDensity();
  const [helpOpened, help] = useDisclosure(false);
  useShortcuts({
    '?': help.open,
    '/': () => document.querySelector<HTMLInputElement>('[data-search]')?.focus(),
  });
  return (
    <MeProvider me={me}>
      <AssignProvider>
        <LogCallProvider>
          <EntryOrderProvider>
            <a href="#content" className={styles.skip}>
              {t.app.skip}
            </a>
            <Header showShortcuts={help.open} />
            <div role="status" className={styles.banner}>
              {expired && <Alert color="red">{t.errors.expired}</Alert>}
              {lost && !expired && <Alert color="amber">{t.errors.lost}</Alert>}
            </div>
            <main id="content" tabIndex={-1} className={styles.content} data-density={density}>
              <Suspense>
                <Pages />
              </Suspense>
            </main>
            <EntryDrawer />
            <ShortcutHelp opened={helpOpened} close={help.close} />
          </EntryOrderProvider>
        </LogCallProvider>
      </AssignProvider>
    </MeProvider>
  );
}
