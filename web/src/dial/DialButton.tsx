import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import { useEffect } from 'react';
import type { CallRequest, RequestCallBody } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { say } from '../shell/say.tsx';
import styles from './DialButton.module.css';
import { useDialling, useWay } from './useDialling.ts';

type Props = {
  /** whose number it is, as the API is asked */
  readonly target: RequestCallBody;
  /** as it is dialled by a device; null: there is none, and nobody can be called */
  readonly number: string | null;
  /** whom one calls */
  readonly who: string;
};

/** Calls somebody at one's own phone, and shows how far it is; where that cannot be, a link that the device dials. */
export function DialButton({ target, number, who }: Props) {
  const way = useWay();
  const { masked } = useWho();
  const dialled = number === null ? null : dialledIn(number);
  if (number === null || (dialled === null && !masked)) return null;
  if (way === 'here') return <Here target={target} who={who} />;
  return dialled === null || masked ? null : <ByDevice dialled={dialled} who={who} />;
}

function Here({ target, who }: Pick<Props, 'target' | 'who'>) {
  const { t } = useLanguage();
  const { request, isAsking, call } = useDialling();
  const words = isAsking ? t.dial.states.asked : request === null ? null : wordsOf(request, t.dial);
  const isUnderWay = isAsking || (request !== null && UNDER_WAY.has(request.state));
  useEffect(() => {
    if (words !== null && !isUnderWay) say(words);
  }, [words, isUnderWay]);
  return (
    <>
      <Button
        variant={isUnderWay ? 'light' : 'default'}
        size="compact-sm"
        className={styles.button}
        aria-label={isUnderWay ? `${words} (${who})` : t.dial.call(who)}
        aria-disabled={isUnderWay}
        title={words ?? t.dial.call(who)}
        data-dialling={isAsking ? 'asked' : request?.state}
        onClick={() => !isUnderWay && call(target)}
      >
        <Icon name="phone" over="outgoing" size={16} />
        {isUnderWay && <span className={styles.word}>{words}</span>}
      </Button>
      <VisuallyHidden role="status">{isUnderWay && words}</VisuallyHidden>
    </>
  );
}

function ByDevice({ dialled, who }: { readonly dialled: string; readonly who: string }) {
  const { t } = useLanguage();
  return (
    <ActionIcon
      component="a"
      href={`tel:${dialled}`}
      variant="default"
      size={28}
      aria-label={t.dial.byDevice(who)}
      title={t.dial.byDevice(who)}
    >
      <Icon name="phone" over="outgoing" size={16} />
    </ActionIcon>
  );
}

const UNDER_WAY: ReadonlySet<CallRequest['state']> = new Set(['asked', 'ringing', 'dialling', 'talking']);

type Words = ReturnType<typeof useLanguage>['t']['dial'];

function wordsOf({ state, reason }: CallRequest, words: Words): string | null {
  if (state === 'ended') return null;
  return state === 'refused' && reason !== null ? words.reasons[reason] : words.states[state];
}

/** What stands behind `tel:`; null: it is no number. */
function dialledIn(number: string): string | null {
  const bare = number.replaceAll(/[\s()./-]/g, '');
  return /^\+?[0-9*#]{2,}$/.test(bare) ? encodeURIComponent(bare).replace('%2B', '+') : null;
}
