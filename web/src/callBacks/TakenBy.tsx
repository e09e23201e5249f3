import { Button } from '@mantine/core';
import type { CallBack } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import styles from './CallerRow.module.css';
import { useTaking } from './useTaking.ts';

type Props = { readonly caller: CallBack; readonly who: string };

/** Who has taken it; what is ours is given back, and by an administrator what is others'. */
export function TakenBy({ caller, who }: Props) {
  const { t } = useLanguage();
  const { sub, may } = useWho();
  const taking = useTaking();
  const { taken } = caller;
  const mayChange = may.write && (taken === null || taken.sub === sub || may.admin);
  return (
    <>
      {taken && (
        <bdi className={styles.taken}>
          {taken.sub === sub ? t.callBacks.yours : t.callBacks.takenBy(taken.name ?? t.callBacks.somebody)}
        </bdi>
      )}
      {mayChange && (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={taken ? t.callBacks.giveBackOf(who) : t.callBacks.takeOf(who)}
          loading={taking.isPending}
          onClick={() => taking.mutate(caller)}
        >
          {taken ? t.callBacks.giveBack : t.callBacks.take}
        </Button>
      )}
    </>
  );
}
