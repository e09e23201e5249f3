import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './PageLayout.module.css';

type Props = { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode };

export function PageLayout({ title, actions, children }: Props) {
  const { t } = useLanguage();
  useDocumentTitle(`${title} · ${t.app.name}`);
  return (
    <>
      <div className={styles.head}>
        <Title order={1} size="h2">
          {title}
        </Title>
        <div className={styles.actions}>{actions}</div>
      </div>
      {children}
    </>
  );
}
