import { Kbd, Modal, Switch } from '@mantine/core';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './ShortcutHelp.module.css';
import { useShortcutsEnabled } from './shortcuts.ts';

/** The list of keys, with the switch that turns single keys off. */
export function ShortcutHelp({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const { t } = useLanguage();
  const [enabled, setEnabled] = useShortcutsEnabled();
  const keys = [
    ['j', t.keys.next],
    ['k', t.keys.previous],
    ['← →', t.keys.neighbours],
    ['Enter', t.keys.open],
    ['a', t.keys.assign],
    ['e', t.keys.done],
    ['t', t.keys.take],
    ['c', t.keys.log],
    ['/', t.keys.search],
    ['?', t.keys.help],
    ['Esc', t.keys.close],
  ] as const;
  return (
    <Modal opened={opened} onClose={close} title={t.keys.title} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Switch
        label={t.keys.enabled}
        checked={enabled}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
        mb="md"
      />
      <dl className={styles.keys}>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
