import type { Entry } from '../api/types.ts';
import { speakerOf, whoOf } from '../format/party.ts';
import { useFormat } from '../format/useFormat.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import styles from './CallPicture.module.css';
import { type HandOver, handOversOf, isTimed, type Line, linesOf, type Span, shownIn } from './pictureLines.ts';
import { Section } from './Section.tsx';

/** The call on a time line: what the outside party had at each moment, below it what phones did, and transfers. */
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
            <span className={styles.name}>{nameOf(line, entry, t)}</span>
            <span className={styles.track} aria-hidden="true">
              {line.spans.filter(isTimed).map((span) => (
                <span
                  key={`${span.what} ${span.from}`}
                  className={styles.span}
                  data-what={span.what}
                  style={place(span)}
                />
              ))}
            </span>
            <span className={styles.text}>
              <Told spans={line.spans} entry={entry} />
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
              <HandedOver handOvers={handOvers} entry={entry} />
            </span>
          </li>
        )}
      </ul>
      <ul className={styles.legend} aria-label={t.entry.legend}>
        {shownIn(lines).map((what) => (
          <li key={what}>
            <span className={styles.sample} data-what={what} aria-hidden="true" />
            {t.entry.stretch[what](null)}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Told({ spans, entry }: { readonly spans: readonly Span[]; readonly entry: Entry }) {
  const { t } = useLanguage();
  const format = useFormat();
  const clock = (time: number | null) => (time === null ? '?' : format.seconds(new Date(time)));
  return [...spans]
    .sort((a, b) => (a.from ?? 0) - (b.from ?? 0))
    .map((span) => {
      const { from, to } = span;
      const when = from === null && to === null ? t.entry.timeUnknown : `${clock(from)} – ${clock(to)}`;
      return `${wordsOf(span, entry, t)} ${when}`;
    })
    .join(' · ');
}

function HandedOver({ handOvers, entry }: { readonly handOvers: readonly HandOver[]; readonly entry: Entry }) {
  const { t } = useLanguage();
  const format = useFormat();
  return handOvers
    .map(({ from, to, at }) => {
      const [before, after] = [from, to].map((one) => speakerOf(one, t, entry.people));
      return `${before} → ${after} ${format.seconds(new Date(at))}`;
    })
    .join(' · ');
}

function wordsOf({ what, with: other }: Span, { people, queue_names }: Entry, t: Dictionary): string {
  if (other === null) return t.entry.stretch[what](null);
  const isPerson = what === 'talk' || what === 'hold';
  return t.entry.stretch[what](isPerson ? speakerOf(other, t, people) : (queue_names[other] ?? other));
}

function nameOf({ kind, party }: Line, entry: Entry, t: Dictionary): string {
  if (kind === 'outside') return entry.direction === 'internal' ? t.entry.caller : whoOf(entry, t);
  if (kind === 'trunk') return `${t.entry.trunk} ${party}`;
  return kind === 'machine' ? `${t.entry.machine} ${party}` : speakerOf(party, t, entry.people);
}
