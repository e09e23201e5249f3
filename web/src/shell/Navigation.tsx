import { VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { useCallBackCounts } from '../api/callBacks.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon, type IconName } from './icons.tsx';
import { useWho } from './MeProvider.tsx';
import styles from './Navigation.module.css';

export function Navigation() {
  const { t } = useLanguage();
  const { may } = useWho();
  return (
    <nav aria-label={t.nav.label} className={styles.nav}>
      <Item href="/" icon="inbox" label={t.nav.inbox} />
      <Item href="/call-backs" icon="phone" over="outgoing" label={t.nav.callBacks}>
        <ToCallBack />
      </Item>
      <Item href="/customers" icon="people" label={t.nav.customers} />
      {may.seeAll && <Item href="/reports" icon="chart" label={t.nav.reports} />}
      {may.audit && <Item href="/connection" icon="plug" label={t.nav.connection} />}
      {may.admin && <Item href="/settings/people" icon="user" label={t.nav.people} />}
      {may.admin && <Item href="/rebuild" icon="rules" label={t.nav.rebuild} />}
    </nav>
  );
}

type ItemProps = {
  readonly href: string;
  readonly icon: IconName;
  readonly over?: IconName;
  readonly label: string;
  readonly children?: ReactNode;
};

function Item({ href, icon, over, label, children }: ItemProps) {
  const [here] = useRoute(href === '/' ? '/' : `${href}/*?`);
  return (
    <Link href={href} className={styles.item} aria-current={here ? 'page' : undefined}>
      <Icon name={icon} {...(over && { over })} />
      <span className={styles.label}>{label}</span>
      {children}
    </Link>
  );
}

/** How many callers wait, each once however often they tried. */
function ToCallBack() {
  const { t } = useLanguage();
  const format = useFormat();
  const { data } = useCallBackCounts();
  if (!data || data.callers === 0) return null;
  return (
    <span className={styles.number}>
      <span aria-hidden="true">{`${format.figure(data.callers)}${data.at_least ? '+' : ''}`}</span>
      <VisuallyHidden>{t.nav.toCallBack(data.callers)}</VisuallyHidden>
    </span>
  );
}
