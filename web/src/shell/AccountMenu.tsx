import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { signOut } from '../api/session.ts';
import { forgetDrafts } from '../drafts/drafts.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { LANGUAGE_TAGS, LANGUAGES } from '../i18n/languages.ts';
import styles from './AccountMenu.module.css';
import { DENSITIES, useDensity } from './density.ts';
import { Icon } from './icons.tsx';
import { useWho } from './MeProvider.tsx';

const SCHEMES = ['light', 'dark', 'auto'] as const;

export function AccountMenu({ showShortcuts }: { readonly showShortcuts: () => void }) {
  const { t, tag, choose } = useLanguage();
  const { role, person } = useWho();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useDensity();
  const queries = useQueryClient();
  const leave = () =>
    void signOut().finally(() => {
      forgetDrafts();
      queries.clear();
      location.assign('/');
    });
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={36} radius="xl" aria-label={t.app.account}>
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={t.app.account}>
        <Menu.Label>
          {person && <strong className={styles.name}>{person.name}</strong>}
          {[t.app.role[role], ...(person?.extensions ?? []).map(t.call.extension)].join(' · ')}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t.app.language}</Menu.Label>
        {LANGUAGE_TAGS.map((one) => (
          <Menu.Item
            key={one}
            lang={one}
            onClick={() => choose(one)}
            rightSection={one === tag && <Icon name="check" size={14} />}
          >
            {LANGUAGES[one].name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.app.scheme}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme && <Icon name="check" size={14} />}
          >
            {t.app[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.app.rows}</Menu.Label>
        {DENSITIES.map((one) => (
          <Menu.Item
            key={one}
            onClick={() => setDensity(one)}
            rightSection={one === density && <Icon name="check" size={14} />}
          >
            {t.app.density[one]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.app.timeZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}</Menu.Label>
        <Menu.Item onClick={showShortcuts}>{t.app.shortcuts}</Menu.Item>
        <Menu.Item component="a" href="/docs">
          {t.app.api}
        </Menu.Item>
        <Menu.Item onClick={leave}>{t.app.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
