import { Button } from '@mantine/core';
import { useCallBacks } from '../api/callBacks.ts';
import type { CallBackCounts } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import end from '../inbox/CommsList.module.css';
import { LoadingRows } from '../inbox/CommsList.tsx';
import { Failed } from '../shell/Failed.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { StateMessage } from '../shell/StateMessage.tsx';
import styles from './CallerRow.module.css';
import { CallerRow } from './CallerRow.tsx';
import { ChosenBar } from './ChosenBar.tsx';
import { queryOf, type Shown } from './shown.ts';
import { useCallerKeys } from './useCallerKeys.ts';
import { useChosen } from './useChosen.ts';

type Props = { readonly shown: Shown; readonly counts: CallBackCounts | undefined };

export function Callers({ shown, counts }: Props) {
  const { t } = useLanguage();
  const { may } = useWho();
  const query = queryOf(shown);
  const list = useCallBacks(query);
  const callers = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const ids = callers.map(({ id }) => id);
  const chosen = useChosen(query, ids, !list.hasNextPage);
  useCallerKeys(callers);
  if (list.isPending) return <LoadingRows />;
  if (list.isError && callers.length === 0) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (callers.length === 0) return <Nobody show={shown.show} />;
  const mayClose = may.write && shown.show !== 'closed';
  const told = shown.show === 'mine' ? counts?.mine : counts?.callers;
  return (
    <>
      {mayClose && (
        <ChosenBar
          chosen={chosen}
          count={list.hasNextPage ? (told ?? callers.length) : callers.length}
          isAtLeast={list.hasNextPage && shown.show === 'open' && counts?.at_least === true}
        />
      )}
      <ul className={styles.list} aria-label={t.callBacks.list}>
        {callers.map((caller) => (
          <CallerRow key={caller.id} caller={caller} chosen={mayClose ? chosen : null} />
        ))}
      </ul>
      <div className={end.end}>
        {list.hasNextPage ? (
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {t.app.more}
          </Button>
        ) : (
          t.inbox.end
        )}
      </div>
    </>
  );
}

function Nobody({ show }: Pick<Shown, 'show'>) {
  const { t } = useLanguage();
  if (show === 'mine') {
    return <StateMessage icon="user" title={t.callBacks.noneMine} text={t.callBacks.noneMineText} />;
  }
  return show === 'closed' ? (
    <StateMessage icon="phone" title={t.callBacks.noneClosed} text={t.callBacks.noneClosedText} />
  ) : (
    <StateMessage icon="check" title={t.callBacks.none} text={t.callBacks.noneText} />
  );
}
