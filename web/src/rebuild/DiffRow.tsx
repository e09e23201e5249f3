import type { DiffItem } from '../api/types.ts';
import { State } from '../connection/State.tsx';
import { spacedNumber } from '../format/phone.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { wordFor } from '../i18n/why.ts';
import styles from './DiffPage.module.css';

const LEVELS = { added: 'pass', removed: 'fail', changed: 'warn' } as const;

/** One row before and after. */
export function DiffRow({ item: { kind, entry, fields } }: { readonly item: DiffItem }) {
  const { t } = useLanguage();
  const format = useFormat();
  const number = entry.external_number === null ? t.call.withheld : spacedNumber(entry.external_number);
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <State level={LEVELS[kind]} word={t.rebuild.differences[kind]} />
        <strong>{entry.customer?.name ?? number}</strong>
        <span>
          {[
            t.call.direction[entry.direction],
            t.call.outcome[entry.outcome],
            format.short(new Date(entry.occurred_at)),
          ].join(' · ')}
        </span>
      </div>
      {fields.map(({ field, before, after }) => (
        <div key={field} className={styles.change}>
          <code>{wordFor(t.why.columns, field)}</code>
          <span>
            <del>{shown(field, before)}</del> → <ins>{shown(field, after)}</ins>
          </span>
        </div>
      ))}
    </li>
  );
}

const NUMBERS: readonly string[] = ['external_number', 'external_number_raw', 'did', 'dialled'];

function shown(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string' && NUMBERS.includes(field)) return spacedNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
