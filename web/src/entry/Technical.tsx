import type { Entry } from '../api/types.ts';
import { spacedNumber } from '../format/phone.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { FactList } from './FactList.tsx';
import styles from './Technical.module.css';
import { Why } from './Why.tsx';

/** Where it came through and why the row says what it says: for who looks after the phone system; agents open it. */
export function Technical({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const { may } = useWho();
  return (
    <details className={styles.technical} open={may.audit}>
      <summary>{t.entry.technical}</summary>
      <div className={styles.inside}>
        <FactList
          facts={[
            [t.entry.dialled, entry.dialled && spacedNumber(entry.dialled)],
            [t.entry.trunk, entry.trunk],
            [t.entry.pbx, entry.source === 'manual' ? null : entry.pbx],
            [t.entry.id, entry.ext_message_id],
          ]}
        />
        <Why entry={entry} />
      </div>
    </details>
  );
}
