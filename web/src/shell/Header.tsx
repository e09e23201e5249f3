import { Badge, Tooltip } from '@mantine/core';
import { Link } from 'wouter';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { AccountMenu } from './AccountMenu.tsx';
import styles from './Header.module.css';
import { Icon } from './icons.tsx';
import { useWho } from './MeProvider.tsx';
import { Navigation } from './Navigation.tsx';

export function Header({ showShortcuts }: { readonly showShortcuts: () => void }) {
  const { t } = useLanguage();
  const { demo } = useWho();
  return (
    <header className={styles.header}>
      <div className={styles.inside}>
        <Link href="/" className={styles.logo}>
          <Icon name="phone" size={20} />
          <span>{t.app.name}</span>
        </Link>
        <Navigation />
        {demo && (
          <Tooltip label={t.app.demoHint} multiline maw={260}>
            <Badge className={styles.demo}>{t.app.demo}</Badge>
          </Tooltip>
        )}
        <AccountMenu showShortcuts={showShortcuts} />
      </div>
    </header>
  );
}
