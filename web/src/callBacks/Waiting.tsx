import { Link } from 'wouter';
import type { CallBack } from '../api/types.ts';
import { OPENED_OVER, useEntryPath } from '../entry/useEntryPath.ts';
import { useFormat } from '../format/useFormat.ts';
import { useNow } from '../format/useNow.ts';
import type { Dictionary } from '../i18n/en.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

type Props = { readonly caller: CallBack; readonly who: string };

/** `3 tries, last 12:40, waits for 2 hr`; of who waits no more, what ended it, and when. */
export function Waiting({ caller: { closed, tries, last, first_at: firstAt, attempts }, who }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const now = useNow();
  const path = useEntryPath();
  const point = (at: string) => format.point(new Date(at), now);
  if (closed === null) {
    const parts = [
      t.callBacks.tries(tries),
      t.callBacks.last(point(last.occurred_at)),
      ...(firstAt === null ? [] : [t.callBacks.waits(format.span(new Date(firstAt), now))]),
      ...(attempts > 0 ? [t.callBacks.attempts(attempts)] : []),
    ];
    return <span>{parts.join(', ')}</span>;
  }
  return (
    <>
      <span>{`${endedBy(closed, t)}, ${point(closed.at)} (${t.callBacks.lastMissed(point(last.occurred_at))})`}</span>{' '}
      {closed.entry && (
        <Link href={path(closed.entry.id)} state={OPENED_OVER} aria-label={t.callBacks.endedOf(who)}>
          {t.callBacks.ended}
        </Link>
      )}
    </>
  );
}

function endedBy({ why, entry }: NonNullable<CallBack['closed']>, t: Dictionary): string {
  return why === 'answered' ? t.callBacks.why.answered[entry?.direction ?? 'internal'] : t.callBacks.why[why];
}
