import type { Entry } from '../api/types.ts';
import { speakerOf } from '../format/party.ts';
import { useFormat } from '../format/useFormat.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './CallPicture.module.css';
import { type HandOver, handOversOf, type Line, linesOf, type Span } from './pictureLines.ts';
import { Section } from './Section.tsx';

/** The call on a time line: who rang, talked and was on hold, below it who spoke with the outside party, and transfers. */
export function CallPicture({ entry }: { readonly entry: Entry }) {
  const { t } = useLanguage();
  const { lines, start, end } = linesOf(entry);
  if (lines.length === 0 || end <= start) return null;
  const handOvers = handOversOf(entry.segments);
  const place = ({ from, to }: { readonly from: number; readonly to: number }) => ({
    insetInlineStart: `${(100 * (from - start)) / (end - start)}%`,
    width: `${(100 * (to - from)) / (end - start)}%`,
  });
  return (
    <Section title={t.entry.picture}>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line.key} data-kind={line.kind}>
            <span className={styles.name}>{nameOf(line, t)}</span>
            <span className={styles.track} aria-hidden="true">
              {line.spans.map((span) => (
                <span
                  key={`${span.what} ${span.from}`}
                  className={styles.span}
                  data-what={span.what}
                  style={place(span)}
                />
              ))}
            </span>
            <span className={styles.text}>
              <Told spans={line.spans} />
            </span>
          </li>
        ))}
        {handOvers.length > 0 && (
          <li data-kind="transfers">
            <span className={styles.name}>{t.entry.transfers}</span>
            <span className={styles.track} aria-hidden="true">
              {handOvers.map(({ at }) => (
                <span key={at} className={styles.span} data-what="transfers" style={place({ from: at, to: at })} />
              ))}
            </span>
            <span className={styles.text}>
              <HandedOver handOvers={handOvers} />
            </span>
          </li>
        )}
      </ul>
    </Section>
  );
}

function Told({ spans }: { readonly spans: readonly Span[] }) {
  const { t } = useLanguage();
  const format = useFormat();
  const words = { rings: t.entry.ringing, talks: t.entry.talking, holds: t.entry.onHold };
  return spans
    .map(({ what, from, to }) => `${words[what]} ${format.seconds(new Date(from))} – ${format.seconds(new Date(to))}`)
    .join(' · ');
}

function HandedOver({ handOvers }: { readonly handOvers: readonly HandOver[] }) {
  const { t } = useLanguage();
  const format = useFormat();
  return handOvers
    .map(({ from, to, at }) => `${speakerOf(from, t)} → ${speakerOf(to, t)} ${format.seconds(new Date(at))}`)
    .join(' · ');
}

function nameOf({ kind, party }: Line, t: Dictionary): string {
  if (kind === 'trunk') return `${t.entry.trunk} ${party}`;
  if (kind === 'machine') return `${t.entry.machine} ${party}`;
  return kind === 'spoke' ? `${t.entry.spoke}: ${speakerOf(party, t)}` : speakerOf(party, t);
}
